"""Item pages of JD, self-operated and POP: the template of 2020 (GBK on the wire) and that of 2026 (UTF-8)."""

from __future__ import annotations

from crawler.sample.goods import Item

# On every page, POP ones too: the words 自营 prove nothing.
_FOOTER = """<div class="serve-agree"><strong>正品行货</strong>
京东商城向您保证所售商品均为正品行货，京东自营商品开具机打发票或电子发票。</div>
<div id="footer"><a href="//www.jd.com/">京东自营</a> <a href="//help.jd.com/">自营服务说明</a></div>"""


def jd_2020(item: Item) -> str:
    """The template of 2018 to 2020: ``isPop`` alone in ``pageConfig``, and a self-operated badge in the HTML."""
    badge = '<div class="name goodshop"><em class="u-jd">自营</em></div>' if _is_self(item) else ""
    return f"""<!DOCTYPE HTML>
<html lang="zh-CN"><head><meta http-equiv="Content-Type" content="text/html; charset=gbk" />
<title>{item.title}{_title_suffix(item)}</title>
<script charset="gbk">
        var pageConfig = {{
            compatible: true,
            product: {{
                modules: ['address', 'prom', 'contact'],
                ostime: 1667649600.554,
                skuid: {item.item_id},
                name: '{_escaped(item.title)}',
                href: '//item.jd.com/{item.item_id}.html',
                cat: [1320,1583,1591],
                pType: 2,
                 pTag:0,                                 isPop:{_js(value=not _is_self(item))},
                venderId:{item.shop.seller_id},
                shopId:'{item.shop.shop_id}',
                warestatus: {0 if item.state == "off_shelf" else 1},
                mainSkuId:'{item.item_id}'        }}
        }};
</script></head><body>
{_contact(item, badge)}
<div class="sku-name">{item.title}</div>{_item_over(item)}
{_FOOTER}</body></html>"""


def jd_2026(item: Item) -> str:
    """The template of 2026: ``isPop`` and ``isSelf``, no badge, and an empty ``#itemover-new`` on live items."""
    return f"""<!DOCTYPE html><html lang="zh-CN" class="root61"><head>
<meta http-equiv="Content-Type" content="text/html; charset=utf-8">
<title>{item.title}{_title_suffix(item)}</title>
<script charset="gbk">
        var pageConfig = {{
            compatible: true,
            assets:{{"commentjs":"//storage.360buyimg.com/reputation/index.js"}},
            product: {{
                modules: ['address', 'contact', 'hotKey',                 'vehicle'],
                ostime: 1773387957.612,
                skuid: {item.item_id},
                name: '{item.title}',
                href: '//item.jd.com/{item.item_id}.html',
                catName: ["家用电器","大 家 电"],        brand: 12380,
        pType: 1,
         pTag:0,                                                 isPop:{_js(value=not _is_self(item))},
        isSelf:{_js(value=_is_self(item))},
        venderId:{item.shop.seller_id},
        shopId:'{item.shop.shop_id}',
        warestatus: {0 if item.state == "off_shelf" else 1}
            }}
        }};
</script></head><body>
{_contact(item, "")}
<div id="itemover-new"></div><div class="sku-name">{item.title}</div>{_item_over(item)}
{_FOOTER}</body></html>"""


def _is_self(item: Item) -> bool:
    return item.shop.store_type == "jd_self_operated"


def _js(*, value: bool) -> str:
    return "true" if value else "false"


def _title_suffix(item: Item) -> str:
    return "【行情 报价 价格 评测】-京东" if _is_self(item) else "【图片 价格 品牌 报价】-京东"


def _contact(item: Item, badge: str) -> str:
    link = (
        f'<a href="//mall.jd.com/index-{item.shop.shop_id}.html" target="_blank" title="{item.shop.name}" '
        f'clstag="shangpin|keycount|product|dianpuname1">{item.shop.name}</a>'
    )
    return f'<div class="contact fr clearfix">{badge}<div class="item"><div class="name">{link}</div></div></div>'


def _item_over(item: Item) -> str:
    if item.state != "off_shelf":
        return ""
    words = "<h3><strong>该商品已下柜，非常抱歉！</strong></h3>"
    return f'<div class="m-itemover"><div class="m-itemover-title">{words}</div></div>'


def _escaped(text: str) -> str:
    r"""Non-ASCII characters as ``\uXXXX``, as this template writes names."""
    return text.encode("unicode_escape").decode()
