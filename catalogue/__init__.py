"""The two lists, 民意诉求事项目录 and 民意诉求职责清单, as data, and the code that reads and answers from them."""

from catalogue.loading import Catalogue, load

__all__ = ["Catalogue", "load"]
