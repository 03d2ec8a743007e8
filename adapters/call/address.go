package call

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"strings"

	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
)

// BaseURL reads an address that a deployment configured, named in the error by what.
func BaseURL(what, raw string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSuffix(raw, "/"))
	switch {
	case raw == "":
		return nil, fmt.Errorf("the %s is not set", what)
	case err != nil || u.Scheme != "https" || u.Host == "":
		return nil, fmt.Errorf("the %s is no https address", what)
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, fmt.Errorf("the %s must hold an address and a path only", what)
	}
	return u, nil
}

var uuid = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// RequestID is the caller's request id if it is a UUID, else one of ours.
func RequestID(caller *adapterv1.Caller, random io.Reader) (string, error) {
	if uuid.MatchString(caller.GetRequestId()) {
		return caller.GetRequestId(), nil
	}
	return UUID(random)
}

// UUID makes a version 4 UUID (RFC 9562, section 5.4).
func UUID(random io.Reader) (string, error) {
	var b [16]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return "", errors.New("no random bytes")
	}
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:]), nil
}
