// Package rest is the REST surface of the gateway: the contract through
// grpc-gateway, its OpenAPI document and a page to read, and two probes.
//
// Every call dials gRPC over a connection in memory. The gateway's answers carry
// bytes that were encoded once, as fields that the sender does not know: a handler
// called in process would write them as {}, an empty record. Over a connection they
// are decoded on this side, and a REST call walks the same way as any other:
// through the interceptors, the audit and the limits.
package rest

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"

	"github.com/openlhcr/openlhcr/gateway/rest/reference"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/gen/openapi"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
)

// Options are what the REST surface needs. Dial, Ready and Random are required.
type Options struct {
	// Dial opens a connection in memory to the gateway's gRPC server.
	Dial func(context.Context) (net.Conn, error)
	// Ready says whether the gateway takes calls.
	Ready func() bool
	// Leaving says whether the gateway takes calls for a little longer only: answers then
	// tell callers to open their next connection elsewhere (RFC 9110, section 7.6.1). May be nil.
	Leaving func() bool
	// Random is the source of request ids.
	Random io.Reader
	// MaxBodyBytes is the largest body of a request. Zero for 1 MiB.
	MaxBodyBytes int64
	// Admits says whether a call of a gRPC method with these values of the authorization
	// header would be identified. What would not is refused before its body is read. May be nil.
	Admits func(method string, authorization []string) error
	// Refused hears of each call that was refused here, before it reached gRPC and
	// its audit. May be nil.
	Refused func(Refusal)
	// Panicked hears that a handler panicked, before the connection is cut off. May be nil.
	Panicked func()
}

// Refusal is a call that was refused before it reached gRPC.
type Refusal struct {
	// RequestID is the id in the answer.
	RequestID string
	// Method is the gRPC method that the call was for ("/lhcr.v1.RecordService/GetRecord").
	// Empty when it was for none.
	Method string
	// Code is the code in the answer.
	Code codes.Code
	// Reason is the reason in the answer.
	Reason lhcrv1.ErrorReason
}

// Handler is the REST surface.
type Handler struct {
	opts   Options
	conn   *grpc.ClientConn
	calls  http.Handler
	routes routes
	pages  map[string]http.Handler
}

var _ http.Handler = (*Handler)(nil)

// New makes the REST surface. Close it when its listener is closed.
func New(opts Options) (*Handler, error) {
	if opts.MaxBodyBytes == 0 {
		opts.MaxBodyBytes = 1 << 20
	}
	docs, err := reference.New(openapi.JSON)
	if err != nil {
		return nil, err
	}
	conn, err := dial(opts.Dial)
	if err != nil {
		return nil, fmt.Errorf("REST cannot reach gRPC: %w", err)
	}
	h := &Handler{opts: opts, conn: conn, routes: contractRoutes()}
	if h.calls, err = h.gateway(conn); err != nil {
		return nil, fmt.Errorf("REST handlers: %w", err)
	}
	h.pages = map[string]http.Handler{
		"/":               http.RedirectHandler("/docs", http.StatusSeeOther),
		"/docs":           docs,
		"/docs/style.css": docs,
		"/docs/search.js": docs,
		"/openapi.json":   document(openapi.JSON),
		"/healthz":        probe(func() bool { return true }),
		"/readyz":         probe(opts.Ready),
	}
	return h, nil
}

// Close closes the connection to gRPC.
func (h *Handler) Close() error { return h.conn.Close() }

// ServeHTTP answers one request.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	defer h.contain()
	id := requestID(r, h.opts.Random)
	protect(w, r)
	if h.opts.Leaving != nil && h.opts.Leaving() {
		w.Header().Set("Connection", "close") // over HTTP/2 net/http makes a GOAWAY of it
	}
	w.Header().Set(requestIDHeader, id)
	r.Header.Set(requestIDHeader, id)
	if page, ok := h.pages[r.URL.Path]; ok {
		h.page(w, r, page)
		return
	}
	h.call(w, r)
}

// contain keeps a panic's value, which may hold anything of a patient, from being
// logged. The connection is cut off, so that no stream looks whole that is not.
func (h *Handler) contain() {
	p := recover()
	if p == nil {
		return
	}
	if p != http.ErrAbortHandler && h.opts.Panicked != nil {
		h.opts.Panicked()
	}
	panic(http.ErrAbortHandler)
}

func (h *Handler) page(w http.ResponseWriter, r *http.Request, page http.Handler) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.refuse(w, r, "", methodNotAllowed("GET, HEAD"))
		return
	}
	page.ServeHTTP(w, r)
}

// call hands a request of the contract on, once nothing about its form is wrong.
func (h *Handler) call(w http.ResponseWriter, r *http.Request) {
	route, refusal := h.routes.find(r)
	if refusal == nil {
		refusal = h.admit(w, r, route)
	}
	if refusal == nil {
		refusal = h.check(w, r, route)
	}
	if refusal != nil {
		h.refuse(w, r, route.method, refusal)
		return
	}
	h.calls.ServeHTTP(w, r)
}
