"""Commands of ours for Scrapy's command line; the file name is the command's, and hides Scrapy's own of that name."""
