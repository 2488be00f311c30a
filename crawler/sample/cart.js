// How a page of the sample world draws its shopping cart: from XHR, JSONP or a WebSocket, at once, on a click or on scroll.
(function () {
  'use strict';
  var cart = window.cartOptions || {};
  var LINKS = ['jumpUrl', 'jumptoken', 'linkUrl', 'itemLinkUrl', 'itemUrl', 'url'];
  var TITLES = ['title', 'itemTitle', 'name'];
  var busy = false, cursor = '', ended = false, gone = 0;

  function first(item, names) {
    for (var i = 0; i < names.length; i++) { if (item[names[i]]) { return item[names[i]]; } }
    return '';
  }

  function area() {
    var list = document.querySelector('.goods-list');
    if (!list) {
      list = document.createElement('div');
      list.className = 'goods-list';
      if (cart.boxed) { list.style.cssText = 'height:600px;overflow-y:auto'; list.addEventListener('scroll', more); }
      (document.querySelector('.shop-window, .goods-detail') || document.body).appendChild(list);
    }
    return list;
  }

  function card(item) {
    var box = document.createElement('div'), link = first(item, LINKS), title = first(item, TITLES);
    box.className = 'goods-card';
    box.style.minHeight = '120px';
    var name = document.createElement(cart.draw === 'anchor' ? 'a' : 'span');
    name.textContent = title;
    if (cart.draw === 'anchor') { name.setAttribute('href', link); }
    if (cart.draw === 'data') { box.setAttribute('data-jump-url', link); }
    if (cart.draw === 'onclick') { box.setAttribute('onclick', "window.open('" + link + "')"); }
    if (item.imageUrl) { box.appendChild(cover(item.imageUrl)); }
    box.appendChild(name);
    return box;
  }

  function cover(address) {
    var image = document.createElement('img');
    image.className = 'goods-cover';
    image.width = image.height = 100;
    image.src = address;
    return image;
  }

  function draw(items) {
    var list = area();
    list.querySelectorAll('.goods-skeleton').forEach(function (bone) { bone.remove(); });
    items.forEach(function (item) { list.appendChild(card(item)); });
    while (cart.keeps && list.children.length > cart.keeps) {
      gone += list.firstChild.offsetHeight;
      list.removeChild(list.firstChild);
      list.style.paddingTop = gone + 'px';
    }
    if (!list.children.length) { list.innerHTML = '<div class="goods-empty">购物车还没有商品</div>'; }
    (cart.codes || []).splice(0).forEach(code);
  }

  function code(drawing) {
    if (drawing.src) {
      var image = document.createElement('img');
      image.className = 'goods-code';
      image.src = drawing.src;
      area().appendChild(image);
      return;
    }
    var canvas = document.createElement('canvas'), pen = canvas.getContext('2d'), size = 6;
    canvas.className = 'goods-code';
    canvas.width = canvas.height = (drawing.rows.length + 8) * size;
    pen.fillStyle = '#fff';
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.fillStyle = '#000';
    drawing.rows.forEach(function (row, y) {
      row.split('').forEach(function (cell, x) { if (cell === '1') { pen.fillRect((x + 4) * size, (y + 4) * size, size, size); } });
    });
    area().appendChild(canvas);
  }

  function take(answer) {
    if (answer.result === 109) {
      document.body.insertAdjacentHTML('beforeend', '<div class="login-mask">请先登录后查看购物车</div>');
      ended = true;
      return;
    }
    cursor = answer.pcursor;
    ended = cursor === 'no_more';
    draw(answer.data.itemList);
  }

  function load() {
    if (busy || ended || !cart.url) { return; }
    busy = true;
    fetch(cart.url + encodeURIComponent(cursor))
      .then(function (answer) { if (!answer.ok) { throw new Error(answer.status); } return answer.json(); })
      .then(take)
      .catch(function () { ended = true; })
      .then(function () { busy = false; });
  }

  function more() {
    var box = document.querySelector('.goods-list'), root = document.documentElement;
    if (!box) { return; }
    var end = cart.boxed ? box.scrollHeight - box.scrollTop - box.clientHeight : root.scrollHeight - root.scrollTop - root.clientHeight;
    if (end < 400) { load(); }
  }

  function unpack(data) {
    if (!(data instanceof Blob)) { return Promise.resolve(data); }
    return new Response(data.stream().pipeThrough(new DecompressionStream('gzip'))).text();
  }

  function listen() {
    var socket = new WebSocket(cart.socket);
    socket.onmessage = function (event) {
      unpack(event.data)
        .then(function (text) { draw(JSON.parse(text).data.itemList); })
        .catch(function () { area(); });
    };
  }

  function jsonp() {
    window.drawCart = take;
    document.head.appendChild(document.createElement('script')).src = cart.jsonp;
  }

  function start() {
    if (cart.url) { load(); }
    if (cart.socket) { listen(); }
    if (cart.jsonp) { jsonp(); }
    if (!cart.url && !cart.socket && !cart.jsonp && cart.codes) { draw([]); }
  }

  function open(parts) { window.open(parts.join('')); }

  function shade(parts) {
    var host = document.body.appendChild(document.createElement('div'));
    host.attachShadow({ mode: 'open' }).innerHTML = '<a class="goods-link">查看</a>';
    host.shadowRoot.firstChild.setAttribute('href', parts.join(''));
  }

  (cart.opensOnLoad || []).forEach(open);
  (cart.shadows || []).forEach(shade);
  if (cart.scrolls) { window.addEventListener('scroll', more); }
  var entry = document.querySelector('.cart-entry');
  if (!entry) { start(); return; }
  entry.addEventListener('click', function () {
    (cart.opensOnClick || []).forEach(open);
    if (!document.querySelector('.goods-list') || !cart.started) { cart.started = true; start(); }
  });
}());
