package rest

import (
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

var (
	// tenDigits is what could be an NHS number, however it is spaced.
	tenDigits = regexp.MustCompile(`[0-9](?:[ -]?[0-9]){9}`)
	// grpcTimeout is the form of a Grpc-Timeout: up to eight digits and a unit.
	grpcTimeout = regexp.MustCompile(`^[0-9]{1,8}[HMSmun]$`)
)

// check says what about the form of a request is wrong, or nil, and puts a bound on its body.
func (h *Handler) check(w http.ResponseWriter, r *http.Request, route route) *refusal {
	if timeout := r.Header.Get("Grpc-Timeout"); timeout != "" && !grpcTimeout.MatchString(timeout) {
		return invalid(`the header Grpc-Timeout is no timeout: write up to eight digits and a unit, such as "8S" or "500m"`)
	}
	if refusal := checkQuery(r.URL, route); refusal != nil {
		return refusal
	}
	if r.Method != http.MethodPost {
		return nil
	}
	if !isJSON(r.Header) {
		return wrongMediaType()
	}
	r.Body = newBody(w, r, h.opts.MaxBodyBytes)
	return nil
}

// namesPerson says whether a request's address could name a patient (SUP-001):
// addresses are logged by whatever carries them.
func namesPerson(u *url.URL) bool {
	query, err := url.QueryUnescape(u.RawQuery)
	return err != nil || tenDigits.MatchString(u.Path) || tenDigits.MatchString(query)
}

// checkQuery lets only the parameters of the operation through: one that is not
// known would be ignored, and its sender believe that it counted.
func checkQuery(u *url.URL, route route) *refusal {
	values, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return invalid("the query string is malformed")
	}
	for name, given := range values {
		switch {
		case len(route.query) == 0:
			return invalid("this operation takes no query parameters: what it is asked belongs into the body")
		case !route.query[name].known:
			return invalid("this operation does not take one of the query parameters: /docs lists those that it takes")
		case len(given) > 1 && !route.query[name].many:
			return invalid("the query parameter " + name + " is given more than once")
		}
	}
	return nil
}

func isJSON(header http.Header) bool {
	if encoding := header.Get("Content-Encoding"); encoding != "" && !strings.EqualFold(encoding, "identity") {
		return false
	}
	media, parameters, err := mime.ParseMediaType(header.Get("Content-Type"))
	charset := parameters["charset"]
	return err == nil && media == mediaJSON && (charset == "" || strings.EqualFold(charset, "utf-8"))
}
