package rest

import (
	"net/http"
	"time"
)

// bodyGrace is how long a caller who is refused may take to send the rest of a body,
// so that one who reads the answer afterwards finds it.
const bodyGrace = time.Second

// admit refuses whoever will not be identified before the body is read: nobody without
// a token holds a connection open with a body that never ends.
func (h *Handler) admit(w http.ResponseWriter, r *http.Request, route route) *refusal {
	if h.opts.Admits == nil || r.Method != http.MethodPost {
		return nil
	}
	err := h.opts.Admits(route.method, r.Header.Values("Authorization"))
	if err == nil {
		return nil
	}
	// net/http reads on before it answers. A connection that knows no deadline has none.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(bodyGrace))
	return &refusal{status: httpStatus(err), err: err}
}
