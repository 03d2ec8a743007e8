// Package oauth is the token endpoint of simulated regions (RFC 6749) and the memory of the tokens that one gave out.
// What proves a client, and which grants there are, is each region's own.
package oauth

import (
	"encoding/json"
	"mime"
	"net/http"

	"github.com/openlhcr/openlhcr/adapters/sandbox/fault"
	"github.com/openlhcr/openlhcr/adapters/sandbox/system"
)

const formType = "application/x-www-form-urlencoded"

// Error is an error reply (RFC 6749, section 5.2).
type Error struct {
	Code        string `json:"error"`
	Description string `json:"error_description"`
	Status      int    `json:"-"`
}

// Refuse makes an error reply of status 400.
func Refuse(code, why string) *Error { return &Error{code, why, http.StatusBadRequest} }

// InvalidClient is the reply to whoever is not the gateway.
func InvalidClient(why string) *Error { return &Error{"invalid_client", why, http.StatusUnauthorized} }

// Endpoint is a token endpoint. It is safe for concurrent use.
type Endpoint struct {
	Sys *system.System
	// Path of the endpoint.
	Path string
	// Realm of the client's own authentication, told with 401. Empty: none is told.
	Realm string
	// Judge refuses a request, whose form is parsed.
	Judge func(*http.Request) *Error
	// Grant is the reply, without the token's end where the fault says so.
	Grant func(r *http.Request, withoutExpiry bool) any
}

// ServeHTTP answers the token endpoint.
func (e *Endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e.Sys.Count("token")
	if r.URL.Path != e.Path || r.Method != http.MethodPost {
		e.refuse(w, &Error{"invalid_request", "POST " + e.Path, http.StatusNotFound})
		return
	}
	if media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); media != formType || r.ParseForm() != nil {
		e.refuse(w, Refuse("invalid_request", "the body is not a form"))
		return
	}
	f, broken := e.Sys.Faults().Take(fault.Call{Token: true})
	if f.Kind == fault.TokenUnauthorized {
		e.refuse(w, InvalidClient("client authentication failed"))
		return
	}
	if refusal := e.Judge(r); refusal != nil {
		e.refuse(w, refusal)
		return
	}
	reply := jsonReply(http.StatusOK, e.Grant(r, f.Kind == fault.TokenNoExpiry))
	if broken {
		e.Sys.Breaker().Deliver(w, r, f, reply)
		return
	}
	reply.Write(w)
}

func (e *Endpoint) refuse(w http.ResponseWriter, refusal *Error) {
	reply := jsonReply(refusal.Status, refusal)
	if refusal.Status == http.StatusUnauthorized && e.Realm != "" {
		reply.Header.Set("WWW-Authenticate", `Basic realm="`+e.Realm+`"`)
	}
	reply.Write(w)
}

func jsonReply(status int, v any) fault.Reply {
	body, err := json.Marshal(v)
	if err != nil {
		panic("oauth: a reply is not JSON: " + err.Error())
	}
	header := http.Header{"Content-Type": {"application/json"}, "Cache-Control": {"no-store"}}
	return fault.Reply{Status: status, Header: header, Body: body}
}
