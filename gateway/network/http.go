package network

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/openlhcr/openlhcr/adapters/transport"
)

// http asks for the address itself, which names no patient. Any answer of the service
// will do: it need not have a page there.
func (t *trial) http(ctx context.Context, step Step) Step {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, t.address.URL, http.NoBody)
	if err != nil {
		return step.with(Failed, "the address is no URL", "Mend the configuration.")
	}
	res, err := transport.Do(t.address.HTTP, req)
	if err != nil {
		return t.unanswered(step, err)
	}
	defer func() { _ = res.Body.Close() }()                     // what is left of it is not wanted
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 1<<16)) // so that the connection is not broken off
	found := fmt.Sprintf("answers with status %d", res.StatusCode)
	switch res.StatusCode {
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return step.with(Failed, found+": its front door is there, the service behind it is not", askService)
	case 495, 496: // nginx: a client certificate that is bad, or none
		return step.with(Failed, found+": our client certificate is not taken", askOurs)
	}
	return step.with(OK, found, "")
}

func (t *trial) unanswered(step Step, err error) Step {
	var failure *transport.Error
	if !errors.As(err, &failure) {
		return step.with(Failed, "no answer came", askService)
	}
	switch failure.Kind {
	case transport.KindCertificate:
		return step.with(Failed, failure.Error(), askOurs)
	case transport.KindUntrusted:
		return step.with(Failed, failure.Error(), askAuthority)
	case transport.KindRedirect:
		return step.with(Failed, failure.Error(), askRedirect)
	case transport.KindAddress:
		return step.with(Failed, failure.Error(), askAllowed)
	}
	return step.with(Failed, failure.Error(), askService)
}
