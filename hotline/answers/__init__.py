"""The knowledge base: articles as files, found by Chinese full-text search, honest when nothing fits."""
