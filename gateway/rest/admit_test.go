package rest_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/gateway/failure"
	"github.com/openlhcr/openlhcr/gateway/rest"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
)

func unknownCaller(_ string, authorization []string) error {
	if len(authorization) == 1 && authorization[0] == "Bearer good" {
		return nil
	}
	return failure.New(codes.Unauthenticated, lhcrv1.ErrorReason_ERROR_REASON_TOKEN_MISSING, "no token came")
}

// A body that is announced and never sent must not be waited for.
func TestWhoeverIsNotKnownIsRefusedBeforeTheBodyCame(t *testing.T) {
	s := start(t, &backend{}, nil, func(o *rest.Options) { o.Admits = unknownCaller })
	host := strings.TrimPrefix(s.url, "http://")
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", host)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }() // the test ends here
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fprintf(conn, "POST /v1/record:get HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{", host); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatalf("no answer while the body is awaited: %v", err)
	}
	if _, err := io.Copy(io.Discard, res.Body); err != nil || res.StatusCode != http.StatusUnauthorized {
		t.Errorf("status %d, error %v", res.StatusCode, err)
	}
	if err := res.Body.Close(); err != nil {
		t.Error(err)
	}
	if len(s.taken()) != 1 || s.taken()[0].Method != getRecord || s.taken()[0].Code != codes.Unauthenticated {
		t.Errorf("told of %v", s.taken())
	}
}

func TestWhoeverIsKnownHasTheBodyRead(t *testing.T) {
	s := start(t, &backend{}, nil, func(o *rest.Options) { o.Admits = unknownCaller })
	for token, want := range map[string]int{"Bearer good": http.StatusBadRequest, "Bearer bad": http.StatusUnauthorized} {
		res := s.do(t, http.MethodPost, "/v1/record:get", `{"a": 1}`, map[string]string{"Authorization": token, "Content-Type": "application/json"})
		if res.StatusCode != want {
			t.Errorf("with %q: status %d, want %d", token, res.StatusCode, want)
		}
	}
}
