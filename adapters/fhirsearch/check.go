package fhirsearch

import (
	"context"
	"io"
	"net/http"
	"time"

	"github.com/openlhcr/openlhcr/adapters/token"
	"github.com/openlhcr/openlhcr/adapters/transport"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

const checkTimeout = 10 * time.Second

// Check tries whether the region gives us a token, where that can be tried on nobody's
// behalf, and whether its FHIR service answers. It touches no patient's data.
func (r *Region) Check(ctx context.Context, _ *adapterv1.CheckRequest) (*adapterv1.CheckResponse, error) {
	inner, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	c := &check{Region: r, res: &adapterv1.CheckResponse{Status: lhcrv1.HealthStatus_HEALTH_STATUS_HEALTHY}}
	if c.impersonal() {
		c.note("token", c.tryToken(inner))
	}
	if !c.definition.FHIR.NoMetadata {
		c.note("metadata", c.tryMetadata(inner))
	}
	if ctx.Err() != nil {
		return nil, transport.Failure(ctx, ctx.Err())
	}
	return c.res, nil
}

// check is one check under way.
type check struct {
	*Region
	token token.Token
	res   *adapterv1.CheckResponse
}

func (c *check) note(name string, failure *Failure) {
	step := &adapterv1.CheckStep{Name: name, Ok: failure == nil}
	c.res.Steps = append(c.res.Steps, step)
	if failure == nil {
		return
	}
	step.Message = failure.Message
	switch {
	case c.res.GetStatus() != lhcrv1.HealthStatus_HEALTH_STATUS_HEALTHY: // the first failure says most
	case failure.Status == lhcrv1.OutcomeStatus_OUTCOME_STATUS_REFUSED:
		c.res.Status = lhcrv1.HealthStatus_HEALTH_STATUS_REFUSING
	default:
		c.res.Status = lhcrv1.HealthStatus_HEALTH_STATUS_DOWN
	}
}

// impersonal says that the region's tokens name nobody, so that one can be got here.
func (c *check) impersonal() bool {
	return c.client.tokens != nil && c.definition.Token.Flow != flowUser
}

func (c *check) tryToken(ctx context.Context) *Failure {
	tok, err := c.client.tokens.Token(ctx, token.Request{})
	c.token = tok
	return failureOf(ctx, err)
}

// tryMetadata asks for the CapabilityStatement. Where a token must name a person there is
// none to send, and a refusal for that reason still shows that the service is there and
// took our certificate.
func (c *check) tryMetadata(ctx context.Context) *Failure {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.client.base.JoinPath("metadata").String(), http.NoBody)
	if err != nil {
		return malformed("the base URL cannot be used")
	}
	req.Header.Set("Accept", c.client.accept())
	personal := c.definition.Token.Flow == flowUser
	if c.impersonal() {
		c.token.Authorize(req)
	}
	if err := c.client.pace.Wait(ctx); err != nil {
		return failureOf(ctx, err)
	}
	res, err := transport.Do(c.client.http, req)
	if err != nil {
		return failureOf(ctx, err)
	}
	defer discard(res)
	if res.StatusCode == http.StatusOK || personal && res.StatusCode < http.StatusInternalServerError {
		return nil
	}
	body, _ := io.ReadAll(io.LimitReader(res.Body, maxRefusal)) // half a refusal says enough
	return c.client.refusal(reply{status: res.StatusCode, header: res.Header, body: body})
}
