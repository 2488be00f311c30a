"""Scrapy settings of every Cartwatch run: polite, identified, closed to the outside, rendered by our own handler."""

from __future__ import annotations

from crawler import __version__

BOT_NAME = "cartwatch"
SPIDER_MODULES = ["spiders"]
NEWSPIDER_MODULE = "spiders"
COMMANDS_MODULE = "crawler.commands"
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"

# Who we are. A site that does not want us can say so by this name in its robots.txt.
USER_AGENT = f"Mozilla/5.0 (compatible; Cartwatch/{__version__}; link compliance crawler)"
ROBOTSTXT_OBEY = True
ROBOTSTXT_USER_AGENT = "Cartwatch"

# Politeness, per host. The sample world sets both off.
CONCURRENT_REQUESTS = 16
CONCURRENT_REQUESTS_PER_DOMAIN = 4
DOWNLOAD_DELAY = 0.2
# A host that answers slowly is asked more slowly: about two of our requests at a time are with it.
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = 0.2
AUTOTHROTTLE_TARGET_CONCURRENCY = 2.0
AUTOTHROTTLE_MAX_DELAY = 30.0

# No door into the process: telnet and the remote-control server would run code for whoever reaches them.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False

# Only the web: files, FTP, S3 and data addresses are never fetched, whatever a page redirects to.
DOWNLOAD_HANDLERS = {
    "http": "crawler.render.handler.RenderHandler",
    "https": "crawler.render.handler.RenderHandler",
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
}
DOWNLOAD_VERIFY_CERTIFICATES = True
DOWNLOAD_TIMEOUT = 30
DOWNLOAD_MAXSIZE = 16 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0

# One link must never see the cookies of another.
COOKIES_ENABLED = False
RETRY_TIMES = 1
REDIRECT_MAX_TIMES = 10
HTTPERROR_ALLOW_ALL = True

DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "crawler.robots.RobotsMiddleware": 100,
}
ITEM_PIPELINES = {"crawler.pipelines.FactsPipeline": 100}
SPIDER_MIDDLEWARES = {"crawler.pipelines.LedgerMiddleware": 10}
EXTENSIONS = {"crawler.pipelines.LinkResolver": 100}

# Where facts go, and the one door to the world: an egress proxy; "" is the guard that refuses private addresses.
CARTWATCH_DB = "cartwatch.db"
CARTWATCH_PROXY = ""
CARTWATCH_INSECURE_TLS = False
CARTWATCH_BROWSER = ""
CARTWATCH_PAGES = 4
CARTWATCH_ATTEMPTS = 2
# MiB of the disk that are left free: a crawl stops in good order before it fills it.
CARTWATCH_DISK_RESERVE = 256
# Stems of the extractors to use, separated by commas; "" is all of them.
CARTWATCH_EXTRACTORS = ""

LOG_LEVEL = "WARNING"
