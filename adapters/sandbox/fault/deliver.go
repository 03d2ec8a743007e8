package fault

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// GiantBytes is how much GiantBody streams at least.
const GiantBytes = 64<<20 + 1

const (
	dripPause  = 200 * time.Millisecond
	dripBytes  = 4
	htmlPage   = "<!DOCTYPE html><html><body><h1>Scheduled maintenance</h1><p>Please try again later.</p></body></html>"
	fhirJSON   = "application/fhir+json"
	defaultTry = 30 * time.Second
)

// Reply is the answer that a simulator would have given.
type Reply struct {
	Status int
	Header http.Header
	Body   []byte
}

// Write sends the reply as it is.
func (p Reply) Write(w http.ResponseWriter) {
	for name, values := range p.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(p.Status)
	_, _ = w.Write(p.Body) // a client that has gone is no fault of ours
}

// Breaker delivers replies as a fault wants them delivered.
type Breaker struct {
	// Elsewhere is the address that Redirect points to.
	Elsewhere string
}

// Deliver sends the reply, broken in the way of f. A content kind leaves the reply whole: its content is wrong already.
func (b Breaker) Deliver(w http.ResponseWriter, r *http.Request, f Fault, reply Reply) {
	switch f.Kind {
	case Hang, TokenHang:
		<-r.Context().Done()
		abandon()
	case SlowDrip:
		drip(r.Context(), w, reply)
	case Reset:
		reset(w)
	case Truncated:
		truncate(w, reply)
	case BrokenJSON:
		reply.Body = reply.Body[:len(reply.Body)/2]
		reply.Write(w)
	case GiantBody:
		giant(r.Context(), w)
	case Garbage, TokenGarbage:
		page(w)
	case Redirect:
		http.Redirect(w, r, b.Elsewhere+r.URL.RequestURI(), http.StatusTemporaryRedirect)
	case Unauthorized, Forbidden, TooManyRequests, ServerError, Unavailable:
		refuse(w, f)
	default:
		reply.Write(w)
	}
}

func drip(ctx context.Context, w http.ResponseWriter, reply Reply) {
	for name, values := range reply.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(reply.Status)
	ticker := time.NewTicker(dripPause)
	defer ticker.Stop()
	for rest := reply.Body; len(rest) > 0; {
		n := min(dripBytes, len(rest))
		if _, err := w.Write(rest[:n]); err != nil {
			abandon()
		}
		rest = rest[n:]
		flush(w)
		select {
		case <-ctx.Done():
			abandon()
		case <-ticker.C:
		}
	}
}

// abandon breaks the connection: a handler that merely returned would end the answer in good form, and a client that is
// just leaving could still take it for whole.
func abandon() { panic(http.ErrAbortHandler) }

func flush(w http.ResponseWriter) {
	_ = http.NewResponseController(w).Flush() // an unflushed drip is only a slower one
}

// reset closes the TCP connection under the TLS one with linger 0, which sends RST and no TLS farewell.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		abandon()
	}
	raw := conn
	if secure, ok := conn.(interface{ NetConn() net.Conn }); ok {
		raw = secure.NetConn()
	}
	if tcp, ok := raw.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = raw.Close()
}

// truncate promises the whole body and sends half: the server then closes the connection by itself.
func truncate(w http.ResponseWriter, reply Reply) {
	for name, values := range reply.Header {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(reply.Body)))
	w.WriteHeader(reply.Status)
	_, _ = w.Write(reply.Body[:len(reply.Body)/2])
}

func page(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = io.WriteString(w, htmlPage)
}

// giant streams a searchset of entries that are nothing but length.
func giant(ctx context.Context, w http.ResponseWriter) {
	w.Header().Set("Content-Type", fhirJSON)
	out := bufio.NewWriterSize(w, 1<<16)
	_, _ = out.WriteString(`{"resourceType":"Bundle","type":"searchset","entry":[`)
	const entry = `{"resource":{"resourceType":"Basic","code":{"text":"%s"}}}`
	block := fmt.Sprintf(entry, strings.Repeat("padding ", 8<<10))
	for sent := 0; sent <= GiantBytes; sent += len(block) + 1 {
		if _, err := out.WriteString(block + ","); err != nil || ctx.Err() != nil {
			abandon()
		}
	}
	_, _ = out.WriteString(block + `]}`)
	_ = out.Flush() // a client that has gone is no fault of ours
}

// refuse answers with the status that the kind names. Like many a real system it echoes the patient's number.
func refuse(w http.ResponseWriter, f Fault) {
	status, _ := strconv.Atoi(string(f.Kind))
	if status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", strconv.Itoa(int(retryAfter(f)/time.Second)))
	}
	if status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
	}
	w.Header().Set("Content-Type", fhirJSON)
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, `{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":%q,`+
		`"details":{"text":%q},"diagnostics":"simulated fault, patient %s"}]}`,
		issueCode(status), http.StatusText(status), f.NHSNumber)
}

func retryAfter(f Fault) time.Duration {
	if f.RetryAfter > 0 {
		return f.RetryAfter
	}
	return defaultTry
}

// issueCode is from the FHIR value set issue-type, the same in STU3 and R4.
func issueCode(status int) string {
	switch status {
	case http.StatusUnauthorized:
		return "login"
	case http.StatusForbidden:
		return "forbidden"
	case http.StatusTooManyRequests:
		return "throttled"
	case http.StatusServiceUnavailable:
		return "transient"
	default:
		return "exception"
	}
}
