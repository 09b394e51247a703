/*
 * transfer.c - many requests at once: curl's multi interface over the ring
 *
 * curl says which sockets it wants watched and when it wants to be woken; the
 * ring calls back, and curl is driven from there and only from there: none of
 * the callbacks below drives it again.
 *
 * curl expects a socket to be watched until it says otherwise, the ring
 * watches once: sock_ready watches anew.  curl closes sockets when it likes;
 * one that the kernel still watches is closed when that has ended.
 */

#include "net/transfer.h"

#include <arpa/inet.h>
#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include <curl/curl.h>

#include "base/clock.h"
#include "base/mem.h"

enum {
	/* Bytes of the headers that matter, together with those told of. */
	HEADS_MAX = (4 << 10) + INV_ANSWER_TOLD * INV_ANSWER_HEADER,
	PIN_BASE64 = 44, /* bytes of a SHA-256 in base64 */
	/* Bytes that curl sends at once: most bodies are less, and each piece
	 * more is a round of the ring. */
	UPLOAD = 128 << 10,
};

static const uint64_t NEVER = UINT64_MAX;

enum state {
	FREE,
	FLYING,
	LANDED,
};

struct slot {
	struct inv_transfer x; /* first: the caller's view of it */
	enum state state;
	bool oversized;
	CURL *easy;
	struct curl_slist *headers;
	struct inv_str bearer; /* in headers */
	struct inv_buf heads;  /* never moves: the answer has views into it */
	struct inv_buf body;
	size_t head_bytes;
	uint64_t started_ms;
	char error[CURL_ERROR_SIZE];
	struct slot *next; /* in the list of the free or the landed */
};

/* A descriptor of curl's, while curl or the ring has an interest in it. */
struct sock {
	struct inv_op op;
	struct inv_transfers *xs;
	int fd;
	short want;   /* events; 0: none */
	bool acting;  /* curl is at it just now */
	bool closing; /* close it when op has ended */
	struct sock *next;
};

struct inv_transfers {
	struct inv_ring *ring;
	CURLM *multi; /* NULL once closed */
	struct slot *slots;
	size_t count;
	size_t flying; /* and landed, until handed out */
	struct slot *free;
	struct slot *landed;
	struct slot *landed_last;
	struct sock *socks;
	struct inv_op timer;
	uint64_t timer_at; /* when curl wants to be woken */
};

/* What stands in RFC 9110's token, beside letters and digits. */
static bool
is_token(char c)
{
	return isalnum((unsigned char)c) ||
	    (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

/* libcurl would have it that a URL it has no memory for is a wrong one. */
static CURLU *
new_url(void)
{
	CURLU *u = curl_url();

	inv_mem_need(u != NULL);
	return u;
}

static bool
took(CURLUcode code)
{
	inv_mem_need(code != CURLUE_OUT_OF_MEMORY);
	return code == CURLUE_OK;
}

static bool
is_same_part(CURLU *a, CURLU *b, CURLUPart part)
{
	char *x = NULL;
	char *y = NULL;
	bool same = took(curl_url_get(a, part, &x, CURLU_DEFAULT_PORT)) &&
	    took(curl_url_get(b, part, &y, CURLU_DEFAULT_PORT)) &&
	    strcasecmp(x, y) == 0;

	curl_free(x);
	curl_free(y);
	return same;
}

static bool
copy_url(CURLU *u, char to[INV_URL_MAX])
{
	char *text = NULL;
	bool ok = took(curl_url_get(u, CURLUPART_URL, &text, 0)) &&
	    strlen(text) < INV_URL_MAX;

	if (ok)
		strcpy(to, text);
	curl_free(text);
	return ok;
}

bool
inv_url_follow(const char *from, struct inv_str location, char to[INV_URL_MAX])
{
	char *text = inv_mem_dup(location.p, location.n);
	CURLU *base = new_url();
	CURLU *u = new_url();

	bool ok = memchr(location.p, '\0', location.n) == NULL &&
	    took(curl_url_set(base, CURLUPART_URL, from, 0)) &&
	    took(curl_url_set(u, CURLUPART_URL, from, 0)) &&
	    took(curl_url_set(u, CURLUPART_URL, text, CURLU_DISALLOW_USER)) &&
	    took(curl_url_set(u, CURLUPART_FRAGMENT, NULL, 0)) &&
	    is_same_part(base, u, CURLUPART_SCHEME) &&
	    is_same_part(base, u, CURLUPART_HOST) &&
	    is_same_part(base, u, CURLUPART_PORT) && copy_url(u, to);

	curl_url_cleanup(base);
	curl_url_cleanup(u);
	free(text);
	return ok;
}

bool
inv_header_fits(struct inv_str line)
{
	size_t i = 0;
	bool value = false;

	while (i < line.n && is_token(line.p[i]))
		i++;
	if (i == 0 || i == line.n || line.p[i++] != ':')
		return false;
	for (; i < line.n; i++) {
		if ((line.p[i] < ' ' || line.p[i] > '~') && line.p[i] != '\t')
			return false;
		value |= line.p[i] > ' ';
	}
	return value;
}

/* Take one pin off the front. */
static bool
take_pin(struct inv_str *pins)
{
	struct inv_str kind = INV_LIT("sha256//");
	size_t n = kind.n + PIN_BASE64;

	if (pins->n < n || !inv_str_starts(*pins, kind) ||
	    pins->p[n - 1] != '=')
		return false;
	for (size_t i = kind.n; i < n - 1; i++)
		if (!isalnum((unsigned char)pins->p[i]) && pins->p[i] != '+' &&
		    pins->p[i] != '/')
			return false;
	pins->p += n;
	pins->n -= n;
	return true;
}

bool
inv_pin_fits(struct inv_str pin)
{
	while (take_pin(&pin)) {
		if (pin.n == 0)
			return true;
		if (*pin.p != ';')
			return false;
		pin.p++;
		pin.n--;
	}
	return false;
}

/* curl takes one slash or three as well; who typed that meant something else. */
static bool
has_authority(const char *text)
{
	const char *at = strstr(text, "://");

	return at != NULL && at[3] != '/';
}

/* The host as curl writes it: normal, IPv6 in brackets. */
static bool
is_loopback(const char *host)
{
	struct in_addr v4;
	struct in6_addr v6;
	char bare[INET6_ADDRSTRLEN] = "";
	size_t n = strlen(host);

	if (strcmp(host, "localhost") == 0)
		return true;
	if (inet_pton(AF_INET, host, &v4) == 1)
		return ntohl(v4.s_addr) >> 24 == 127;
	if (n < 3 || n - 2 >= sizeof(bare) || host[0] != '[')
		return false;
	memcpy(bare, host + 1, n - 2);
	return inet_pton(AF_INET6, bare, &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

static bool
take_parts(CURLU *u, struct inv_url *url)
{
	char *part[4] = { NULL };
	bool ok = took(curl_url_get(u, CURLUPART_SCHEME, &part[0], 0)) &&
	    took(curl_url_get(u, CURLUPART_HOST, &part[1], 0)) &&
	    took(curl_url_get(u, CURLUPART_PORT, &part[2],
		CURLU_DEFAULT_PORT)) &&
	    took(curl_url_get(u, CURLUPART_PATH, &part[3], 0));
	struct inv_buf b = INV_BUF(INV_URL_MAX - 1);

	if (ok) {
		for (char *p = part[1]; *p != '\0'; p++)
			*p = (char)tolower((unsigned char)*p);
		url->tls = strcmp(part[0], "https") == 0;
		url->loopback = is_loopback(part[1]);
		ok = url->tls || strcmp(part[0], "http") == 0;
		inv_buf_addf(&b, "%s://%s:%s%s", part[0], part[1], part[2],
		    part[3]);
		ok = ok && !b.failed;
	}
	while (ok && b.n > 0 && b.p[b.n - 1] == '/')
		b.n--;
	if (ok) {
		memcpy(url->text, b.p, b.n);
		url->text[b.n] = '\0';
	}
	inv_buf_free(&b);
	for (size_t i = 0; i < 4; i++)
		curl_free(part[i]);
	return ok;
}

bool
inv_url_parse(const char *text, struct inv_url *url, struct inv_err *err)
{
	CURLU *u = new_url();
	char *zone = NULL;

	bool ok = has_authority(text) && strpbrk(text, "?#") == NULL &&
	    took(curl_url_set(u, CURLUPART_URL, text, CURLU_DISALLOW_USER)) &&
	    !took(curl_url_get(u, CURLUPART_ZONEID, &zone, 0)) &&
	    take_parts(u, url);

	curl_free(zone);
	curl_url_cleanup(u);
	if (!ok)
		return inv_fail(err, INV_CONFIG,
		    "not an absolute http or https URL without user, password, "
		    "query and fragment");
	return true;
}

static struct sock *
sock_of(struct inv_transfers *xs, int fd)
{
	struct sock *s = xs->socks;

	while (s != NULL && s->fd != fd)
		s = s->next;
	return s;
}

static void
drop_sock(struct sock *s)
{
	struct sock **at = &s->xs->socks;

	while (*at != s)
		at = &(*at)->next;
	*at = s->next;
	free(s);
}

/* After close: the last op to end takes the rest along. */
static void
free_if_idle(struct inv_transfers *xs)
{
	if (xs->multi == NULL && xs->socks == NULL &&
	    inv_op_is_idle(&xs->timer))
		free(xs);
}

/* The op is idle: watch what curl wants, or forget the descriptor. */
static void
watch_or_drop(struct sock *s)
{
	if (s->want != 0)
		inv_ring_watch(s->xs->ring, &s->op, s->fd, s->want);
	else
		drop_sock(s);
}

static enum inv_net
net_below_http(CURLcode code)
{
	switch (code) {
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_RESOLVE_PROXY:
		return INV_NET_DNS;
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_CIPHER:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_CRL_BADFILE:
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_SSL_INVALIDCERTSTATUS:
	case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
	case CURLE_SSL_CLIENTCERT:
	case CURLE_SSL_ENGINE_NOTFOUND:
	case CURLE_SSL_ENGINE_SETFAILED:
	case CURLE_SSL_ENGINE_INITFAILED:
	case CURLE_USE_SSL_FAILED:
		return INV_NET_TLS;
	default:
		return INV_NET_NOT_SENT;
	}
}

/*
 * In TLS 1.3 the ledger looks at our certificate when we are through, and the
 * request may be on its way: then its alert is all that says so.  On a new
 * connection nobody has read the request.
 */
static bool
is_our_certificate(const struct slot *slot)
{
	const char *alert = strstr(slot->error, " alert ");
	long connections = 0;

	curl_easy_getinfo(slot->easy, CURLINFO_NUM_CONNECTS, &connections);
	return connections == 1 && slot->x.answer.sends == 1 && alert != NULL &&
	    (strstr(alert, "certificate") != NULL ||
		strstr(alert, "unknown ca") != NULL ||
		strstr(alert, "access denied") != NULL);
}

static enum inv_net
net_of(const struct slot *slot, CURLcode code)
{
	long sent = 0;

	if (slot->oversized)
		return INV_NET_OVERSIZED;
	if (code == CURLE_OK)
		return INV_NET_ANSWERED;
	if (slot->x.answer.status != 0)
		return INV_NET_CUT;
	if (is_our_certificate(slot))
		return INV_NET_TLS;
	curl_easy_getinfo(slot->easy, CURLINFO_REQUEST_SIZE, &sent);
	if (slot->x.answer.sends > 0 && sent > 0)
		return INV_NET_UNSURE;
	return net_below_http(code);
}

/* There may be a token in them. */
static void
drop_headers(struct slot *slot)
{
	for (struct curl_slist *l = slot->headers; l != NULL; l = l->next)
		explicit_bzero(l->data, strlen(l->data));
	curl_slist_free_all(slot->headers);
	slot->headers = NULL;
	slot->bearer = (struct inv_str){ NULL, 0 };
}

/* A ledger that repeats a token would have it written down everywhere. */
static void
star_out(char *p, size_t n, struct inv_str word)
{
	const char *end = p + n;

	while (word.n > 0 && n >= word.n &&
	    (p = memmem(p, n, word.p, word.n)) != NULL) {
		memset(p, '*', word.n);
		p += word.n;
		n = (size_t)(end - p);
	}
}

static void
star_out_all(struct slot *slot)
{
	const struct inv_str *told = slot->x.answer.told;

	star_out(slot->body.p, slot->body.n, slot->bearer);
	for (size_t i = 0; i < INV_ANSWER_TOLD; i++)
		if (told[i].n > 0)
			star_out(slot->heads.p + (told[i].p - slot->heads.p),
			    told[i].n, slot->bearer);
}

static void
land(struct inv_transfers *xs, struct slot *slot, CURLcode code)
{
	struct inv_answer *a = &slot->x.answer;
	long status = 0;

	assert(slot->state == FLYING);
	curl_easy_getinfo(slot->easy, CURLINFO_RESPONSE_CODE, &status);
	if (code == CURLE_OK || status >= 200) /* 1xx alone is no answer */
		a->status = (unsigned)status;
	a->net = net_of(slot, code);
	star_out_all(slot);
	a->body = inv_buf_str(&slot->body);
	slot->x.ms = inv_clock_ms() - slot->started_ms;
	if (a->net == INV_NET_ANSWERED)
		slot->error[0] = '\0';
	else if (a->net == INV_NET_OVERSIZED)
		slot->x.error = "the answer is too long";
	else if (slot->error[0] == '\0')
		slot->x.error = curl_easy_strerror(code);
	curl_multi_remove_handle(xs->multi, slot->easy);
	drop_headers(slot);
	slot->state = LANDED;
	slot->next = NULL;
	if (xs->landed == NULL)
		xs->landed = slot;
	else
		xs->landed_last->next = slot;
	xs->landed_last = slot;
}

/* Let curl go on: fd is ready for bits, or time has passed. */
static void
drive(struct inv_transfers *xs, curl_socket_t fd, int bits)
{
	CURLMsg *msg;
	int n;

	/* Of a transfer that it could not go on with it would never tell. */
	inv_mem_need(curl_multi_socket_action(xs->multi, fd, bits, &n) !=
	    CURLM_OUT_OF_MEMORY);
	while ((msg = curl_multi_info_read(xs->multi, &n)) != NULL) {
		CURLcode code = msg->data.result;
		char *slot = NULL;

		curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, &slot);
		land(xs, (struct slot *)(void *)slot, code);
	}
}

/* A connection that is gone: let curl read and write, and so find out. */
static int
bits_of(int revents)
{
	int bits = 0;

	if (revents < 0)
		return CURL_CSELECT_ERR;
	if ((revents & POLLIN) != 0)
		bits |= CURL_CSELECT_IN;
	if ((revents & POLLOUT) != 0)
		bits |= CURL_CSELECT_OUT;
	if ((revents & (POLLERR | POLLHUP)) != 0)
		bits |= CURL_CSELECT_IN | CURL_CSELECT_OUT;
	return bits;
}

static void
sock_ready(struct inv_op *op, int res)
{
	struct sock *s = (struct sock *)op;
	struct inv_transfers *xs = s->xs;

	if (s->closing) {
		close(s->fd);
		s->closing = false;
	}
	if (xs->multi == NULL) {
		drop_sock(s);
		free_if_idle(xs);
		return;
	}
	if (res != -ECANCELED && s->want != 0) {
		s->acting = true;
		drive(xs, s->fd, bits_of(res));
		s->acting = false;
	}
	watch_or_drop(s);
}

static int
on_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *unused)
{
	struct inv_transfers *xs = arg;
	struct sock *s = sock_of(xs, fd);

	(void)easy;
	(void)unused;
	if (s == NULL) {
		if (what == CURL_POLL_REMOVE)
			return 0;
		s = inv_mem_new(sizeof(*s));
		*s = (struct sock){ .op.fn = sock_ready,
			.xs = xs,
			.fd = fd,
			.next = xs->socks };
		xs->socks = s;
	}
	s->want = 0;
	if (what == CURL_POLL_IN || what == CURL_POLL_INOUT)
		s->want |= POLLIN;
	if (what == CURL_POLL_OUT || what == CURL_POLL_INOUT)
		s->want |= POLLOUT;

	/* sock_ready sees to the rest, when curl or the ring is done. */
	if (s->acting)
		return 0;
	if (inv_op_is_idle(&s->op))
		watch_or_drop(s);
	else if (s->want != s->op.events)
		inv_ring_cancel(xs->ring, &s->op);
	return 0;
}

static int
on_close_socket(void *arg, curl_socket_t fd)
{
	struct inv_transfers *xs = arg;
	struct sock *s = sock_of(xs, fd);

	if (s == NULL)
		return close(fd);
	s->want = 0;
	if (inv_op_is_idle(&s->op))
		return close(fd);
	inv_ring_cancel(xs->ring, &s->op);
	s->closing = true;
	return 0;
}

static void
timer_due(struct inv_op *op, int res)
{
	struct inv_transfers *xs = (struct inv_transfers *)(void *)((char *)op -
	    offsetof(struct inv_transfers, timer));

	(void)res;
	if (xs->multi == NULL) {
		free_if_idle(xs);
		return;
	}
	if (xs->timer_at == NEVER)
		return;
	xs->timer_at = NEVER;
	drive(xs, CURL_SOCKET_TIMEOUT, 0);
}

static int
on_timer(CURLM *multi, long ms, void *arg)
{
	struct inv_transfers *xs = arg;

	(void)multi;
	xs->timer_at = NEVER;
	if (ms < 0)
		return 0;
	xs->timer_at = inv_clock_ms() + (uint64_t)ms;
	inv_ring_timer(xs->ring, &xs->timer, xs->timer_at);
	return 0;
}

static size_t
on_header(char *p, size_t size, size_t count, void *arg)
{
	struct slot *slot = arg;
	struct inv_answer *a = &slot->x.answer;
	struct inv_str line = { p, size * count };
	size_t before = slot->heads.n;

	if (line.n > INV_HEADERS_MAX - slot->head_bytes) {
		slot->oversized = true;
		return 0;
	}
	slot->head_bytes += line.n;
	if (slot->body.n > 0)
		return line.n; /* a trailer */
	if (inv_str_starts(line, INV_LIT("HTTP/"))) {
		/* What came before was a 1xx. */
		unsigned sends = a->sends;

		*a = (struct inv_answer){ .sends = sends };
		inv_buf_reset(&slot->heads);
		return line.n;
	}
	if (line.n > HEADS_MAX - before)
		return line.n;
	inv_buf_add(&slot->heads, line);
	line.p = slot->heads.p + before;
	if (!inv_answer_header(a, line))
		slot->heads.n = before;
	return line.n;
}

static size_t
on_body(char *p, size_t size, size_t count, void *arg)
{
	struct slot *slot = arg;

	inv_buf_add(&slot->body, (struct inv_str){ p, size * count });
	slot->oversized = slot->body.failed;
	return slot->oversized ? 0 : size * count;
}

/* The request is about to go out on a connection: once, or once again. */
static int
on_send(void *arg, char *ip, char *local_ip, int port, int local_port)
{
	struct slot *slot = arg;

	(void)ip;
	(void)local_ip;
	(void)port;
	(void)local_port;
	slot->x.answer.sends++;
	return CURL_PREREQFUNC_OK;
}

#define SET(easy, option, value)                                               \
	(bad += curl_easy_setopt((easy), (option), (value)) != CURLE_OK)

/*
 * Whom to trust, and who we are.  A session is never resumed: that would take
 * a certificate that was good once for one that is good now.
 */
static int
set_up_tls(CURL *e, const struct inv_transfers_options *o)
{
	int bad = 0;

	SET(e, CURLOPT_SSL_VERIFYPEER, 1L);
	SET(e, CURLOPT_SSL_VERIFYHOST, 2L);
	SET(e, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(e, CURLOPT_SSL_SESSIONID_CACHE, 0L);
	if (o->cacert != NULL) {
		SET(e, CURLOPT_CAINFO, o->cacert);
		/* libcurl would go on trusting the system's folder. */
		SET(e, CURLOPT_CAPATH, NULL);
	}
	if (o->cert != NULL) {
		SET(e, CURLOPT_SSLCERT, o->cert);
		SET(e, CURLOPT_SSLKEY, o->key);
		/* Else OpenSSL would ask the terminal for it. */
		SET(e, CURLOPT_KEYPASSWD, "");
	}
	if (o->pin != NULL)
		SET(e, CURLOPT_PINNEDPUBLICKEY, o->pin);
	return bad;
}

/* What is the same for every request of a slot. */
static bool
set_up(struct inv_transfers *xs, struct slot *slot,
    const struct inv_transfers_options *o)
{
	CURL *e = slot->easy = curl_easy_init();

	if (e == NULL)
		return false;
	int bad = set_up_tls(e, o);

	SET(e, CURLOPT_UPLOAD_BUFFERSIZE, (long)UPLOAD);
	SET(e, CURLOPT_PRIVATE, slot);
	SET(e, CURLOPT_NOSIGNAL, 1L);
	SET(e, CURLOPT_PROTOCOLS_STR, "http,https");
	SET(e, CURLOPT_FOLLOWLOCATION, 0L);
	SET(e, CURLOPT_PROXY, "");
	SET(e, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(e, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
	SET(e, CURLOPT_CONNECTTIMEOUT_MS, (long)o->connect_ms);
	SET(e, CURLOPT_LOW_SPEED_LIMIT, 1L);
	SET(e, CURLOPT_LOW_SPEED_TIME, (long)((o->silence_ms + 999) / 1000));
	SET(e, CURLOPT_ERRORBUFFER, slot->error);
	SET(e, CURLOPT_HEADERFUNCTION, on_header);
	SET(e, CURLOPT_HEADERDATA, slot);
	SET(e, CURLOPT_WRITEFUNCTION, on_body);
	SET(e, CURLOPT_WRITEDATA, slot);
	SET(e, CURLOPT_PREREQFUNCTION, on_send);
	SET(e, CURLOPT_PREREQDATA, slot);
	SET(e, CURLOPT_CLOSESOCKETFUNCTION, on_close_socket);
	SET(e, CURLOPT_CLOSESOCKETDATA, xs);
	return bad == 0;
}

static bool
open_multi(struct inv_transfers *xs, const struct inv_transfers_options *o)
{
	xs->multi = curl_multi_init();
	if (xs->multi == NULL)
		return false;
	curl_multi_setopt(xs->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	curl_multi_setopt(xs->multi, CURLMOPT_SOCKETDATA, xs);
	curl_multi_setopt(xs->multi, CURLMOPT_TIMERFUNCTION, on_timer);
	curl_multi_setopt(xs->multi, CURLMOPT_TIMERDATA, xs);
	curl_multi_setopt(xs->multi, CURLMOPT_MAXCONNECTS, (long)o->slots);
	for (size_t i = 0; i < xs->count; i++) {
		struct slot *slot = &xs->slots[i];

		slot->heads = INV_BUF(HEADS_MAX);
		slot->body = INV_BUF(INV_ANSWER_MAX);
		if (!inv_buf_room(&slot->heads, HEADS_MAX) ||
		    !set_up(xs, slot, o))
			return false;
		slot->next = xs->free;
		xs->free = slot;
	}
	return true;
}

static bool
is_readable(const char *path, struct inv_err *err)
{
	if (path == NULL || access(path, R_OK) == 0)
		return true;
	return inv_fail_sys(err, INV_CONFIG, "%s", path);
}

struct inv_transfers *
inv_transfers_open(struct inv_ring *ring, const struct inv_transfers_options *o,
    struct inv_err *err)
{
	assert(o->slots >= 1 && o->slots <= INV_SLOTS_MAX);
	if (!is_readable(o->cacert, err) || !is_readable(o->cert, err))
		return NULL;
	struct inv_transfers *xs = inv_mem_new(sizeof(*xs));

	xs->ring = ring;
	xs->count = o->slots;
	xs->slots = inv_mem_new(xs->count * sizeof(*xs->slots));
	xs->timer.fn = timer_due;
	xs->timer_at = NEVER;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK &&
	    open_multi(xs, o))
		return xs;
	inv_fail(err, INV_INTERNAL, "libcurl does not start");
	inv_transfers_close(xs);
	return NULL;
}

void
inv_transfers_close(struct inv_transfers *xs)
{
	if (xs == NULL)
		return;
	for (size_t i = 0; i < xs->count; i++) {
		struct slot *slot = &xs->slots[i];

		if (slot->state == FLYING)
			curl_multi_remove_handle(xs->multi, slot->easy);
		curl_easy_cleanup(slot->easy);
		drop_headers(slot);
		inv_buf_free(&slot->heads);
		inv_buf_free(&slot->body);
	}
	curl_multi_cleanup(xs->multi);
	curl_global_cleanup();
	free(xs->slots);
	xs->multi = NULL;
	for (struct sock *s = xs->socks; s != NULL; s = s->next)
		inv_ring_cancel(xs->ring, &s->op);
	inv_ring_cancel(xs->ring, &xs->timer);
	free_if_idle(xs);
}

struct inv_transfer *
inv_transfers_room(struct inv_transfers *xs)
{
	return xs->free == NULL ? NULL : &xs->free->x;
}

static bool
add_header(struct slot *slot, struct inv_str line)
{
	char *text = inv_mem_dup(line.p, line.n);
	struct curl_slist *longer = curl_slist_append(slot->headers, text);

	explicit_bzero(text, line.n);
	free(text);
	if (longer != NULL)
		slot->headers = longer;
	return longer != NULL;
}

static bool
add_bearer(struct slot *slot, struct inv_str token)
{
	static const char name[] = "Authorization: Bearer ";
	size_t n = sizeof(name) - 1 + token.n;
	char *text = inv_mem_new(n);

	memcpy(text, name, sizeof(name) - 1);
	memcpy(text + sizeof(name) - 1, token.p, token.n);
	bool ok = add_header(slot, (struct inv_str){ text, n });

	explicit_bzero(text, n);
	free(text);
	if (!ok)
		return false;
	struct curl_slist *last = slot->headers;

	while (last->next != NULL)
		last = last->next;
	slot->bearer =
	    (struct inv_str){ last->data + sizeof(name) - 1, token.n };
	return true;
}

static bool
set_request(struct slot *slot, const struct inv_request *req)
{
	CURL *e = slot->easy;
	uint64_t now = slot->started_ms;
	uint64_t left = req->deadline_ms > now ? req->deadline_ms - now : 1;
	int bad = !add_header(slot, INV_LIT("Expect:"));

	for (size_t i = 0; i < req->headers_count; i++)
		bad += !add_header(slot, req->headers[i]);
	if (req->bearer.n > 0)
		bad += !add_bearer(slot, req->bearer);
	SET(e, CURLOPT_URL, req->url);
	SET(e, CURLOPT_HTTPHEADER, slot->headers);
	SET(e, CURLOPT_TIMEOUT_MS, left < INT32_MAX ? (long)left : INT32_MAX);
	switch (req->method) {
	case INV_GET:
		SET(e, CURLOPT_HTTPGET, 1L);
		break;
	case INV_POST:
		SET(e, CURLOPT_POST, 1L);
		SET(e, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)req->body.n);
		SET(e, CURLOPT_POSTFIELDS, req->body.n > 0 ? req->body.p : "");
		break;
	}
	return bad == 0;
}

static void
reset(struct slot *slot)
{
	slot->x.answer = (struct inv_answer){ 0 };
	slot->x.error = slot->error;
	slot->error[0] = '\0';
	slot->oversized = false;
	slot->head_bytes = 0;
	inv_buf_reset(&slot->heads);
	inv_buf_reset(&slot->body);
	slot->started_ms = inv_clock_ms();
}

static void
take_from_free(struct inv_transfers *xs, const struct slot *slot)
{
	struct slot **at = &xs->free;

	while (*at != slot)
		at = &(*at)->next;
	*at = slot->next;
}

bool
inv_transfers_start(struct inv_transfers *xs, struct inv_transfer *x,
    const struct inv_request *req, struct inv_err *err)
{
	struct slot *slot = (struct slot *)x;

	assert(slot->state == FREE);
	for (size_t i = 0; i < req->headers_count; i++)
		if (!inv_header_fits(req->headers[i]))
			return inv_fail(err, INV_CONFIG,
			    "a header is not \"Name: value\" in plain ASCII");
	reset(slot);
	if (!set_request(slot, req) ||
	    curl_multi_add_handle(xs->multi, slot->easy) != CURLM_OK) {
		drop_headers(slot);
		return inv_fail(err, INV_INTERNAL, "libcurl takes no request");
	}
	take_from_free(xs, slot);
	slot->state = FLYING;
	xs->flying++;
	return true;
}

struct inv_transfer *
inv_transfers_landed(struct inv_transfers *xs)
{
	struct slot *slot = xs->landed;

	if (slot == NULL)
		return NULL;
	xs->landed = slot->next;
	xs->flying--;
	return &slot->x;
}

void
inv_transfers_release(struct inv_transfers *xs, struct inv_transfer *x)
{
	struct slot *slot = (struct slot *)x;

	assert(slot->state == LANDED);
	slot->state = FREE;
	slot->next = xs->free;
	xs->free = slot;
}

size_t
inv_transfers_flying(const struct inv_transfers *xs)
{
	return xs->flying;
}
