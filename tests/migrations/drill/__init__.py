"""Steps that may come one day, after all of today's: what they touch are the real tables."""

from pkgutil import iter_modules

import server.migrations

__path__ = [*server.migrations.__path__, *__path__]
TODAY = max(module.name for module in iter_modules(server.migrations.__path__))
