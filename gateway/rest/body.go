package rest

import (
	"errors"
	"io"
	"net/http"
)

// body is the body of a request. It remembers why it could not be read:
// grpc-gateway keeps only the words of an error, and the error handler needs the
// error itself.
type body struct {
	io.ReadCloser
	refusal *refusal
}

func newBody(w http.ResponseWriter, r *http.Request, limit int64) *body {
	return &body{ReadCloser: http.MaxBytesReader(w, r.Body, limit)}
}

// decode reads the whole body into a message.
func (b *body) decode(c *codec, v any) error {
	b.refusal = b.read(c, v)
	if b.refusal != nil {
		return b.refusal.err
	}
	return nil
}

func (b *body) read(c *codec, v any) *refusal {
	data, err := io.ReadAll(b.ReadCloser)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return bodyTooLarge(tooLarge.Limit)
	case err != nil:
		return invalid("the body broke off before its end: send it again")
	case len(data) == 0:
		return invalid("the body is empty: send the request as a JSON object")
	}
	if err := c.Unmarshal(data, v); err != nil {
		return &refusal{status: http.StatusBadRequest, err: err}
	}
	return nil
}

// refusalOf is why the body of a request could not be read, or nil.
func refusalOf(r *http.Request) *refusal {
	if b, ok := r.Body.(*body); ok {
		return b.refusal
	}
	return nil
}
