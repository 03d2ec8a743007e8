package transport

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
)

const maxRedirects = 3

// allowList is the set of "host:port" that may be reached.
type allowList map[string]bool

func newAllowList(hosts []string) (allowList, error) {
	if len(hosts) == 0 {
		return nil, errors.New("no address is allowed: list at least one host:port")
	}
	list := make(allowList, len(hosts))
	for i, hostport := range hosts {
		host, port, err := net.SplitHostPort(hostport)
		if err != nil || host == "" || port == "" {
			return nil, fmt.Errorf("allowed address %d is not host:port", i+1)
		}
		list[address(host, port)] = true
	}
	return list, nil
}

func address(host, port string) string { return net.JoinHostPort(strings.ToLower(host), port) }

func (l allowList) admits(u *url.URL) bool {
	return u.Scheme == "https" && l[HostPort(u)]
}

// HostPort is the address that an https URL leads to, in the form of Config.AllowedHosts.
func HostPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = "443"
	}
	return address(u.Hostname(), port)
}

type dialFunc = func(ctx context.Context, network, addr string) (net.Conn, error)

// dial refuses any other address even if something above forgot to.
func (l allowList) dial(next dialFunc) dialFunc {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		host, port, err := net.SplitHostPort(addr)
		if err != nil || !l[address(host, port)] {
			return nil, &Error{Kind: KindAddress}
		}
		return next(ctx, network, addr)
	}
}

func (l allowList) checkRedirect(req *http.Request, via []*http.Request) error {
	first := via[0]
	if len(via) > maxRedirects || !l.admits(req.URL) || req.URL.Scheme != first.URL.Scheme {
		return &Error{Kind: KindRedirect}
	}
	if first.Method != http.MethodGet && first.Method != http.MethodHead {
		return &Error{Kind: KindRedirect} // a body that names a patient goes nowhere but where it was sent
	}
	req.Header.Del("Authorization")
	req.Header.Del("Referer") // net/http puts the former URL there, which can name a patient
	return nil
}
