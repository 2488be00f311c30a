TShop.Setup(
{"itemDO": {"isOnline": true, "auctionStatus": "0", "title": "样例牛仔裤", "itemId": "900000000002", "userId": "800002", "sellerNickName": "%E6%A0%B7%E4%BE%8B%E5%AE%98%E6%96%B9%E6%97%97%E8%88%B0%E5%BA%97"}, "rstShopId": 700002, "detail": {"isDownShelf": false, "isHkItem": false}, "tag": {}}
);