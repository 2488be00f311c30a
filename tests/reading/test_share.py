"""Share texts: passwords by what encloses them, how random they look and what the words around them ask for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.reading.share import read_share_text

GIVES = [
    ("fu植这行话₳uK8p2fXcQ1z₳转移至τа0寳", ["₳uK8p2fXcQ1z₳"], []),
    ("復·制这段描述☆P1ScbKlP0Lp☆后到淘♂寳♀", ["☆P1ScbKlP0Lp☆"], []),
    ("复制这条信息，打开手机淘宝(aB3dEfGh1Jk)即可", ["(aB3dEfGh1Jk)"], []),
    ("复制/P1ScbKlP0Lp/打开淘宝", ["/P1ScbKlP0Lp/"], []),
    ("復制这段￥Ｐ１ＳｃｂＫｌＰ０Ｌｐ￥打开", ["￥Ｐ１ＳｃｂＫｌＰ０Ｌｐ￥"], []),
    ("￥P1Sc\u200bbKlP0Lp￥", ["￥P1Sc\u200bbKlP0Lp￥"], []),
    ("快来帮我砍一刀，复制这条消息打开拼多多⇥wTVyMTbBSMGCBaYX⇤", ["⇥wTVyMTbBSMGCBaYX⇤"], []),
    (
        "3.58 复制打开抖音，看看【小明的作品】新品上架 https://v.douyin.com/iJkLmNoP/ u@F.HI 07/21 Cus:/ ",
        [],
        ["https://v.douyin.com/iJkLmNoP/"],
    ),
    (
        "【抖音商城】https://v.douyin.com/AbCdEfG/ XX面膜补水\n长按复制此条消息，打开抖音搜索，查看商品详情！",
        [],
        ["https://v.douyin.com/AbCdEfG/"],
    ),
    (
        "99 【标题 - 作者 | 小红书 - 你的生活指南】 😆 dXuVYXNIXqM0X0b 😆 https://www.xiaohongshu.com/discovery/item/64f1?source=webshare&xsec_token=ABx=",
        ["dXuVYXNIXqM0X0b"],
        ["https://www.xiaohongshu.com/discovery/item/64f1?source=webshare&xsec_token=ABx="],
    ),
    (
        "【天猫】7天无理由退货 https://e.tb.cn/h.TcnLe2dHa6F5c0r?tk=tKCL3tk8ZUo HU926 「连衣裙」\n点击链接直接打开",
        ["tk=tKCL3tk8ZUo", "HU926"],
        ["https://e.tb.cn/h.TcnLe2dHa6F5c0r?tk=tKCL3tk8ZUo"],
    ),
    (
        "【京东】https://3.cn/1a-BcDeF?jkl=@abcDEF123ghi@ MF7788 「耳机」",
        ["jkl=@abcDEF123ghi@", "MF7788"],
        ["https://3.cn/1a-BcDeF?jkl=@abcDEF123ghi@"],
    ),
    ("我在唯品会发现了好物 https://t.vip.com/abC12 快来看", [], ["https://t.vip.com/abC12"]),
    ("33.0复制整段话 https:/JabcDEF123ghiJ 来京东看看#yDrnMBbu7a%", ["https:/JabcDEF123ghiJ", "#yDrnMBbu7a%"], []),
    (
        "6￥ CZ3457 6RYt4cMHoG4￥ https://s.tb.cn/c.0abcde 面膜",
        ["￥ CZ3457 6RYt4cMHoG4￥", "6RYt4cMHoG4"],
        ["https://s.tb.cn/c.0abcde"],
    ),
    ("限量 $/P1ScbKlP0Lp$:// CA381,打开手机淘宝", ["$/P1ScbKlP0Lp$", "CA381"], []),
    ("CZ0417 ￥nB4kQw8sXe2￥ 掏宝里粘贴", ["CZ0417", "￥nB4kQw8sXe2￥"], []),
    ("淘口令：nB4kQw8sXe2", ["nB4kQw8sXe2"], []),
    ("！kW7dRz2nQp5vT！", ["！kW7dRz2nQp5vT！"], []),
    ("！kW7dRz2nQp5vTm4X！ MU5104 ", ["！kW7dRz2nQp5vTm4X！", "MU5104"], []),
    ("2(kW7dRz2nQp5)/ CA8888", ["(kW7dRz2nQp5)", "CA8888"], []),
    ("【3(kW7dRz2nQp5)/ CA8888", ["(kW7dRz2nQp5)", "CA8888"], []),
    (
        "9哈kWdoRZnoQpX嘻 https://m.tb.cn/h.aBc1234?sm=eb8b15  月饼",
        ["kWdoRZnoQpX"],
        ["https://m.tb.cn/h.aBc1234?sm=eb8b15"],
    ),
    (
        "52 阿明发布了一篇笔记！ kW7dRz2nQp5vTm4 http://xhslink.com/a/J3E9vw，复制本条信息，打开【小红书】App",
        ["kW7dRz2nQp5vTm4"],
        ["http://xhslink.com/a/J3E9vw"],
    ),
    ("复制我的昵称 kW7dRz2nQp5 https://m.tb.cn/h.aBc1234", [], ["https://m.tb.cn/h.aBc1234"]),
    ("好物 SonyWH1000XM5 https://u.jd.com/aBc1234 复制打开京东看看", [], ["https://u.jd.com/aBc1234"]),
    ("正版RTX4060Ti8G款 https://u.jd.com/aBc1234 好价", [], ["https://u.jd.com/aBc1234"]),
    ("看 kW7dRz2nQp5 https://m.tb.cn/h.aBc1234", [], ["https://m.tb.cn/h.aBc1234"]),
    ("复制 kW7dRz2nQp5 https://www.example.com/a/b.html", [], ["https://www.example.com/a/b.html"]),
    ("淘口令:_09_HU7632_kW7dRz2nQp5_速看", ["kW7dRz2nQp5"], []),
    ("【闲鱼】https://m.tb.cn/h.5abc?tk=AbCd CZ0001 「衣服」", ["CZ0001"], ["https://m.tb.cn/h.5abc?tk=AbCd"]),
    (
        "【淘宝】[https://m.tb.cn/h.Ab1?tk=kW7dRz2nQp5](https://m.tb.cn/h.Ab1?tk=kW7dRz2nQp5) CZ3457 「免插卡」",
        ["tk=kW7dRz2nQp5", "tk=kW7dRz2nQp5", "CZ3457"],
        ["https://m.tb.cn/h.Ab1?tk=kW7dRz2nQp5", "https://m.tb.cn/h.Ab1?tk=kW7dRz2nQp5"],
    ),
    ("同款 item点jd点com/100033445566.html 自己换成点", [], ["https://item.jd.com/100033445566.html"]),
    ("detail 点 tmall 点 com/item.htm?id=665544332211", [], ["https://detail.tmall.com/item.htm?id=665544332211"]),
    (
        "m[.]tb[.]cn/h.5zXcVbN 和 u(dot)jd(dot)com/zXcVbN1",
        [],
        ["https://m.tb.cn/h.5zXcVbN", "https://u.jd.com/zXcVbN1"],
    ),
    ("首页：tb点cn/h.5zXcVbM", [], ["https://tb.cn/h.5zXcVbM"]),
    ("item.taobao。com/item.htm?id=665544332212", [], ["https://item.taobao.com/item.htm?id=665544332212"]),
    ("u．jd．com/zXcVbN2", [], ["https://u.jd.com/zXcVbN2"]),
    ("店铺：zhouzhou.tmall.com", [], ["https://zhouzhou.tmall.com"]),
    ("hxxps://item.jd.com/100033445567.html", [], ["https://item.jd.com/100033445567.html"]),
    ("https://u.jd.com/zXcVbN3https://u.jd.com/zXcVbN4", [], ["https://u.jd.com/zXcVbN3", "https://u.jd.com/zXcVbN4"]),
    (
        "①https://u.jd.com/zXcVbN7②https://u.jd.com/zXcVbN8",
        [],
        ["https://u.jd.com/zXcVbN7", "https://u.jd.com/zXcVbN8"],
    ),
    ("http//u.jd.com/zXcVbN9 少了冒号", [], ["https://u.jd.com/zXcVbN9"]),
    ("u .jd .com/zXcVbN0 去掉空格", [], ["https://u.jd.com/zXcVbN0"]),
    ("见 (https://u.jd.com/zXcVbN5)更多", [], ["https://u.jd.com/zXcVbN5"]),
    ("code=0&url=https%3A%2F%2Fu.jd.com%2FzXcVbN6&msg=ok", [], ["https://u.jd.com/zXcVbN6"]),
    ("复制这段内容￥123456789ab￥到淘宝", ["￥123456789ab￥"], []),
    ("#小程序://京小街/AbCdEfGhIjKlMnO", ["#小程序://京小街/AbCdEfGhIjKlMnO"], []),
    ("买它：小程序://京小街/AbCdEfGhIjK，快", ["小程序://京小街/AbCdEfGhIjK"], []),
    ("3啊(oKqx2yW3abc)嘻", ["(oKqx2yW3abc)"], []),
    ("6.4 （oKqx2yW3abc）:/", ["（oKqx2yW3abc）"], []),
    ("！京东口令 aBcDeFg12 ！", ["aBcDeFg12"], []),
    ("长按複製 P1ScbKlP0Lp 打开淘寳", ["P1ScbKlP0Lp"], []),
    ("【快手】https://v.kuaishou.com/AbCd12 复制此消息，打开【快手】直接观看！", [], ["https://v.kuaishou.com/AbCd12"]),
    ("https://m.tb.cn/h.Abc123$P1ScbKlP0Lp$打开", ["$P1ScbKlP0Lp$"], ["https://m.tb.cn/h.Abc123"]),
    ("￥P1ScbKlP0Lp￥原价￥199￥", ["￥P1ScbKlP0Lp￥"], []),
    ("￥199￥P1ScbKlP0Lp￥", ["￥P1ScbKlP0Lp￥"], []),
    ("1復制【 CZ3457 6RYt4cMHoG4】打开tao寳抢购/", ["【 CZ3457 6RYt4cMHoG4】", "6RYt4cMHoG4"], []),
    ("戳我http://m.tb.cn/h.3Uz2PV9?sm=abc123…快", [], ["http://m.tb.cn/h.3Uz2PV9?sm=abc123"]),
    ("「https://detail.tmall.com/item.htm?id=123」", [], ["https://detail.tmall.com/item.htm?id=123"]),
    (
        "(https://item.jd.com/1.html)和[x](https://item.jd.com/2.html)。",
        [],
        ["https://item.jd.com/1.html", "https://item.jd.com/2.html"],
    ),
    (
        "链接：https://uland.taobao.com/coupon/edetail?e=a%2Bb&pid=mm_1_2_3; 口令：￥P1ScbKlP0Lp￥",
        ["￥P1ScbKlP0Lp￥"],
        ["https://uland.taobao.com/coupon/edetail?e=a%2Bb&pid=mm_1_2_3"],
    ),
]

GIVES_NOTHING = [
    "小程序://开发文档/components 一章",
    "小程序://京小街/",
    "啊(oKqx2yW3abc)嘻",
    "3啊(oKqx2yW3ab)嘻",
    "3箱(BestPrice99)装",
    "3箱(BestPrice99)装 CA8888",
    "！kW7dRz2nQp5vTm4Xq9！",
    "京口令 09 HU7632",
    "第3章讲了函数(oKqx2yW3abc)的用法",
    "口令 aBcDeFg12",
    "京东口令红包 aBcDeFg12",
    "京东口令 shopping",
    "模板里的 $itemPrice$ 和 $userName $ 请替换",
    "import { x } from '$containerId$/x'",
    "$categoryId $abc 列表请求 $hasDcPage  $ $rightLinkIcon &",
    "第3点cn域名，小数点com组，重点jd点评",
    "加更！20260101001！记住",
    "！！IPhone17ProMax！！",
    "标准 HU1234，款号 MF168",
    "原价￥199￥现价￥9.98",
    "￥199￥",
    "#iPhone15ProMax# 新品 复制链接打开",
    "型号（WH1000XM5）打开包装",
    "验证码 aB3dE9，请勿告诉他人",
    "订单号(JD20230101ABC) 复制",
    "加微信 abcDEF12345 复制后打开淘宝",
    "密码：P1ScbKlP0Lp 复制后打开app",
    "￥$€ 汇率 1$=7￥",
    "$AAPL$ $TSLA$ $GOOGLE$",
    "Price: $19.99$ USD",
    "邀请码【AbC123】复制打开app",
    "`${name}` $('#id').val() $",
    "100%棉@官方旗舰店",
    "MacBookPro16!新款!复制",
    "Copy this link (JavaScript1) and open the app",
    "联系电话13800138000 复制",
    "今天直播￥99包邮￥，手慢无！",
    "￥Discount￥",
    "￥19.9 ABCD1234￥",
    "满￥100减￥20，再领￥5券",
    "尺码(XL180100A) 打开",
    "#好物推荐# @小明Ming2023 #OOTD#",
    "序列号 A1b2C3d4E5f 打开设备",
    "ISBN 9787111213826",
    "RTX4090 i9-13900K 32GB DDR5 复制",
    "SF1234567890123 顺丰",
    "复制链接打开快手，关注Xiaoming2023，",
    "http://nodot/abc",
    "欢迎来到直播间，今晚8:00见~!!!",
    "e=mc^2 & a*b*c",
    "（GB/T 1234-2020）打开",
    "@用户Abc123XYZ! 复制",
    "￥1,299.00￥",
    "10%OFF@BestPrice123!",
    "【新品】HUAWEI Mate60Pro（ALN-AL00）复制链接",
    "打开 (Win10Pro64) 复制",
]


@pytest.mark.parametrize(("text", "tokens", "urls"), GIVES)
def test_a_share_text_gives_its_passwords_and_addresses_and_nothing_else(text, tokens, urls):
    shared = read_share_text(text)
    assert sorted(shared.tokens) == sorted(tokens)
    assert sorted(shared.urls) == sorted(urls)


@pytest.mark.parametrize("text", GIVES_NOTHING)
def test_prices_codes_names_and_numbers_give_nothing(text):
    shared = read_share_text(text)
    assert (shared.tokens, shared.urls) == ((), ())


@pytest.mark.parametrize(
    ("text", "cores"),
    [
        ("复制￥P1ScbKlP0Lp￥到淘宝", ["P1ScbKlP0Lp"]),
        ("1復制( CZ3457 6RYt4cMHoG4)打开tao寳抢购/", [None, "6RYt4cMHoG4"]),
        ("https://m.tb.cn/h.Abc123?tk=tKCL3tk8ZUo CZ0001 「x」", ["tKCL3tk8ZUo", None]),
        ("https://3.cn/1a-BcDeF?jkl=@abcDEF123ghi@", ["abcDEF123ghi"]),
        ("24.0复制整段话 http:/JUWzIzbq3E8tGV 去%R9JUj8Qf2b@", [None, "R9JUj8Qf2b"]),
        ("24.0复制整段话 http:/JUWzIzbq3E8tGV 去京东", ["JUWzIzbq3E8tGV"]),
        ('复制这段描述$" + id + "$→打开记账', [None]),
    ],
)
def test_a_password_has_a_core_and_a_marker_or_template_has_none(text, cores):
    assert [token.core for token in read_share_text(text).passwords] == cores


@pytest.mark.parametrize(
    ("text", "app"),
    [
        ("【闲鱼】https://m.tb.cn/h.Abc123 「我在闲鱼发布了」", "xianyu"),
        ("https://m.tb.cn/h.Abc123 「x」", "taobao"),
        ("去倞東%R9JUj8Qf2b@复制", "jd"),
        ("￥3DIFi3EsIAhRkW￥", "jd"),
        ("😆 p3KLyhqkkkhATrb 😆 打开【小红书】App", "xiaohongshu"),
        ("￥AADPOKFz￥", ""),
    ],
)
def test_the_app_is_told_by_name_host_or_length(text, app):
    assert read_share_text(text).app == app


@given(before=st.text(max_size=20), after=st.text(max_size=20))
def test_whatever_is_found_stands_in_the_text_where_it_says(before, after):
    text = f"{before} 复制￥P1ScbKlP0Lp￥ https://m.tb.cn/h.Abc123 {after}"
    shared = read_share_text(text)
    for piece in (*shared.addresses, *shared.passwords):
        assert text[piece.start : piece.end] == piece.raw


@given(st.text(alphabet="￥¥$(#%!@* 0aBc复制打开淘😆/:\u200bJh.", max_size=80))
def test_any_text_goes_through(text):
    read_share_text(text)
