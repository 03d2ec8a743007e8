package xds

import (
	"bytes"
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/openlhcr/openlhcr/adapters/sandbox/fault"
	"github.com/openlhcr/openlhcr/adapters/sandbox/soap"
)

const defaultTry = 30 * time.Second

// fail delivers the reply broken in the way of f. A content kind has changed the reply already.
func (s *service) fail(w http.ResponseWriter, r *http.Request, f fault.Fault, m *soap.Message, reply fault.Reply) {
	switch f.Kind {
	case fault.SOAPFault:
		soap.Receiver("simulated fault, patient " + f.NHSNumber).Reply(m.ID).Write(w)
	case fault.Unauthorized, fault.Forbidden, fault.TooManyRequests, fault.ServerError, fault.Unavailable:
		refuse(f, m).Write(w)
	case fault.GiantBody:
		giant(r.Context(), w, m)
	case fault.TruncatedMultipart:
		reply.Body = reply.Body[:len(reply.Body)-len(reply.Body)/4]
		reply.Write(w)
	default:
		s.sys.Breaker().Deliver(w, r, f, reply)
	}
}

// refuse answers with the status that the kind names, and like many a real system echoes the patient's number.
func refuse(f fault.Fault, m *soap.Message) fault.Reply {
	status, _ := strconv.Atoi(string(f.Kind))
	refusal := soap.Receiver(http.StatusText(status) + ", patient " + f.NHSNumber)
	refusal.Status = status
	reply := refusal.Reply(m.ID)
	if status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable {
		after := f.RetryAfter
		if after <= 0 {
			after = defaultTry
		}
		reply.Header.Set("Retry-After", strconv.Itoa(int(after/time.Second)))
	}
	return reply
}

// giant streams a well-formed message of more than fault.GiantBytes.
func giant(ctx context.Context, w http.ResponseWriter, m *soap.Message) {
	w.Header().Set("Content-Type", soap.MediaType+"; charset=UTF-8")
	head, tail, _ := bytes.Cut(soap.Envelope("urn:giant", m.ID, "<padding/>"), []byte("<padding/>"))
	_, _ = w.Write(head)
	block := []byte("<padding>" + strings.Repeat("padding ", 8<<10) + "</padding>")
	for sent := 0; sent <= fault.GiantBytes; sent += len(block) {
		if _, err := w.Write(block); err != nil || ctx.Err() != nil {
			panic(http.ErrAbortHandler) // a client that has gone must not take this for a whole message
		}
	}
	_, _ = w.Write(tail) // a client that has gone is no fault of ours
}
