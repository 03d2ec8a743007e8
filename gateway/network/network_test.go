package network_test

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/gateway/network"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

func quiet() *log.Logger { return log.New(io.Discard, "", 0) }

func portOf(port uint32) string { return strconv.FormatUint(uint64(port), 10) }

// known knows every name.
func known(context.Context, string) ([]string, error) { return []string{"127.0.0.1"}, nil }

// failing answers every name with an error.
func failing(err *net.DNSError) func(context.Context, string) ([]string, error) {
	return func(context.Context, string) ([]string, error) { return nil, err }
}

// stopped refuses every connection with an error of the system.
func stopped(err error) func(context.Context, string, string) (net.Conn, error) {
	return func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Err: err}
	}
}

// states are the states of steps, by name.
func states(steps []network.Step) []string {
	var all []string
	for _, s := range steps {
		all = append(all, s.Name+" "+string(s.State))
	}
	return all
}

// telling is the step that is not as it should be, or else the last.
func telling(steps []network.Step) network.Step {
	for _, s := range steps {
		if s.State == network.Failed || s.State == network.Attention {
			return s
		}
	}
	return steps[len(steps)-1]
}

func TestASoundRegionPassesEveryStep(t *testing.T) {
	steps := sound(t).try(t)
	want := []string{"dns ok", "tcp ok", "tls ok", "client certificate ok", "http ok"}
	if diff := cmp.Diff(want, states(steps)); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
	for i, says := range []string{"127.0.0.1", "connected to 127.0.0.1", `TLS 1.3, issued by "Region CA", valid until`, "ours is taken; it is valid until", "answers with status 401"} {
		if !strings.Contains(steps[i].Found, says) || steps[i].Ask != "" || steps[i].Host != host || steps[i].RegionID != "dorset" {
			t.Errorf("%+v does not say %q", steps[i], says)
		}
	}
	if !network.Well(steps) || !strings.Contains(steps[2].Found, "(400 days are left)") || !strings.Contains(steps[3].Found, "(200 days are left)") {
		t.Errorf("%+v", steps)
	}
}

func TestWhatFailsIsNamedWithWhatToAskOfWhom(t *testing.T) {
	for name, tt := range map[string]struct {
		spoil       func(*testing.T, *region)
		step        string
		state       network.State
		found, asks string
	}{
		"an unknown name":            {func(_ *testing.T, r *region) { r.options.Lookup = failing(&net.DNSError{IsNotFound: true}) }, "dns", network.Failed, "not known", "name servers of HSCN"},
		"a failing name server":      {func(_ *testing.T, r *region) { r.options.Lookup = failing(&net.DNSError{}) }, "dns", network.Failed, "answered with a failure", "own network team"},
		"a name server that is slow": {func(_ *testing.T, r *region) { r.options.Lookup = failing(&net.DNSError{IsTimeout: true}) }, "dns", network.Failed, "in time", "own network team"},
		"refused":                    {func(_ *testing.T, r *region) { r.options.Dial = stopped(syscall.ECONNREFUSED) }, "tcp", network.Failed, "refused", "whether its service is up"},
		"no route":                   {func(_ *testing.T, r *region) { r.options.Dial = stopped(syscall.EHOSTUNREACH) }, "tcp", network.Failed, "no route", "HSCN aggregator"},
		"cut off in the handshake":   {func(t *testing.T, r *region) { r.options.Dial = otherwise(t, cutOff) }, "tls", network.Failed, "cut off", "what stands between"},
		"plain text":                 {func(t *testing.T, r *region) { r.options.Dial = otherwise(t, plainText) }, "tls", network.Failed, "speaks no TLS", "proxy"},
		"an unknown authority":       {func(t *testing.T, r *region) { r.client.RootCAs = newAuthority(t, "Other CA").pool() }, "tls", network.Failed, `issued by "Region CA", whom we do not trust`, "ca_file"},
		"another name":               {func(t *testing.T, r *region) { r.server.Certificates[0] = r.ours.issue(t, 400, "other.example") }, "tls", network.Failed, "is for other.example and not for this name", "name in its certificate"},
		"an expired certificate":     {func(t *testing.T, r *region) { r.server.Certificates[0] = r.ours.issue(t, -2, host) }, "tls", network.Failed, "only", "renew its certificate"},
		"one that expires soon":      {func(t *testing.T, r *region) { r.server.Certificates[0] = r.ours.issue(t, 12, host) }, "tls", network.Attention, "(12 days are left)", "renew its certificate"},
		"an old version of TLS": {func(_ *testing.T, r *region) {
			r.server.MinVersion, r.server.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
		}, "tls", network.Failed, "no version", "TLS 1.2 or newer"},
		"our certificate refused, TLS 1.3": {func(t *testing.T, r *region) { r.server.ClientCAs = newAuthority(t, "Other CA").pool() }, "client certificate", network.Failed, "refused", "which authority's client certificates"},
		"our certificate refused, TLS 1.2": {func(t *testing.T, r *region) {
			r.server.ClientCAs, r.server.MaxVersion = newAuthority(t, "Other CA").pool(), tls.VersionTLS12
		}, "tls", network.Failed, "our client certificate is refused", "which authority's client certificates"},
		"none of ours, and one is needed": {func(_ *testing.T, r *region) { r.client.Certificates = nil }, "client certificate", network.Failed, "we have none", "cert_file and key_file"},
		"none of ours, and one is asked for": {func(_ *testing.T, r *region) {
			r.client.Certificates, r.server.ClientAuth = nil, tls.RequestClientCert
		}, "client certificate", network.Attention, "we have none", "cert_file and key_file"},
		"none of ours, and none asked for": {func(_ *testing.T, r *region) {
			r.client.Certificates, r.server.ClientAuth = nil, tls.NoClientCert
		}, "http", network.OK, "401", ""},
		"ours not asked for":       {func(_ *testing.T, r *region) { r.server.ClientAuth = tls.NoClientCert }, "client certificate", network.Attention, "not asked for", "whether it expects"},
		"ours expires soon":        {func(t *testing.T, r *region) { r.client.Certificates[0] = r.ours.issue(t, 3) }, "client certificate", network.Attention, "(3 days are left)", "Renew our client certificate"},
		"nobody behind the door":   {func(_ *testing.T, r *region) { r.handler = answering(http.StatusServiceUnavailable) }, "http", network.Failed, "front door", "behind its front door"},
		"a certificate not taken":  {func(_ *testing.T, r *region) { r.handler = answering(496) }, "http", network.Failed, "not taken", "client certificates"},
		"sent elsewhere":           {func(_ *testing.T, r *region) { r.handler = elsewhere }, "http", network.Failed, "redirected", "redirects elsewhere"},
		"any other answer will do": {func(_ *testing.T, r *region) { r.handler = answering(http.StatusInternalServerError) }, "http", network.OK, "500", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := sound(t)
			tt.spoil(t, r)
			steps := r.try(t)
			got := telling(steps)
			if got.Name != tt.step || got.State != tt.state || !strings.Contains(got.Found, tt.found) || !strings.Contains(got.Ask, tt.asks) {
				t.Errorf("%+v\nwant %s %s, %q, ask %q", got, tt.step, tt.state, tt.found, tt.asks)
			}
			if network.Well(steps) != (tt.state != network.Failed) {
				t.Errorf("well: %t", network.Well(steps))
			}
			if tt.state == network.Failed && len(steps) != 5 {
				t.Errorf("%v: want a line for each step", states(steps))
			}
		})
	}
}

func answering(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

func elsewhere(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, "https://elsewhere.invalid/", http.StatusFound)
}

// otherwise leads every connection to a listener that treats it so.
func otherwise(t *testing.T, treat func(net.Conn)) func(context.Context, string, string) (net.Conn, error) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			treat(conn)
			_ = conn.Close()
		}
	}()
	return func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "tcp", listener.Addr().String())
	}
}

func cutOff(net.Conn) {}

func plainText(conn net.Conn) {
	_, _ = conn.Read(make([]byte, 4096))
	_, _ = io.WriteString(conn, "HTTP/1.1 400 Bad Request\r\n\r\n")
}

// Nobody is waited for beyond a step's own time, and regions are tried side by side.
func TestNobodyIsWaitedForForLong(t *testing.T) {
	hang := func(ctx context.Context) error {
		<-ctx.Done()
		return ctx.Err()
	}
	synctest.Test(t, func(t *testing.T) {
		opts := network.Options{
			Timeout: time.Second,
			Lookup: func(ctx context.Context, host string) ([]string, error) {
				if strings.HasPrefix(host, "slow") {
					return nil, hang(ctx)
				}
				return []string{"10.0.0.1", "10.0.0.2"}, nil
			},
			Dial: func(ctx context.Context, _, _ string) (net.Conn, error) { return nil, hang(ctx) },
		}
		var lines []network.Line
		for _, host := range []string{"slow.example", "blocked.example"} {
			lines = append(lines, network.Line{
				RegionID:  host,
				Addresses: []network.Address{{Endpoint: &lhcrv1.NetworkEndpoint{RegionId: host, Host: host, Port: 443, Network: "internet"}, TLS: &tls.Config{}}},
				Check: func(ctx context.Context) (*adapterv1.CheckResponse, error) {
					return nil, status.FromContextError(hang(ctx)).Err()
				},
			})
		}
		began := time.Now()
		steps := network.Check(t.Context(), lines, opts)
		if took := time.Since(began); took > 3*time.Second {
			t.Errorf("it took %v", took)
		}
		want := []string{
			"dns failed", "tcp not tried", "tls not tried", "client certificate not tried", "adapter: check failed",
			"dns ok", "tcp failed", "tls not tried", "client certificate not tried", "adapter: check failed",
		}
		if diff := cmp.Diff(want, states(steps)); diff != "" {
			t.Errorf("steps (-want +got):\n%s", diff)
		}
		if steps[0].Milliseconds != 1000 || steps[6].Milliseconds != 1000 {
			t.Errorf("dns took %d ms, tcp %d ms", steps[0].Milliseconds, steps[6].Milliseconds)
		}
	})
}

func TestARegionThatDoesNotAnswer(t *testing.T) {
	r := sound(t)
	r.options.Timeout = 300 * time.Millisecond
	done := make(chan struct{})
	defer close(done)
	r.handler = func(_ http.ResponseWriter, req *http.Request) {
		select {
		case <-done:
		case <-req.Context().Done():
		}
	}
	if got := telling(r.try(t)); got.Name != "http" || got.State != network.Failed || !strings.Contains(got.Found, "in time") {
		t.Errorf("%+v", got)
	}
}

// failedWith is an adapter that failed at its token with these words.
func failedWith(words string) *adapterv1.CheckResponse {
	return &adapterv1.CheckResponse{
		Status: lhcrv1.HealthStatus_HEALTH_STATUS_DOWN,
		Steps:  []*adapterv1.CheckStep{{Name: "token", Message: words}},
	}
}

func TestTheAdapterTriesWhatOnlyItKnows(t *testing.T) {
	step := func(name string, ok bool, message string) *adapterv1.CheckStep {
		return &adapterv1.CheckStep{Name: name, Ok: ok, Message: message}
	}
	const canary = "https://records.example/Patient/9990001006"
	for name, tt := range map[string]struct {
		res  *adapterv1.CheckResponse
		err  error
		want []string
		asks string
	}{
		"well":          {&adapterv1.CheckResponse{Status: lhcrv1.HealthStatus_HEALTH_STATUS_HEALTHY, Steps: []*adapterv1.CheckStep{step("token", true, ""), step("metadata", true, "")}}, nil, []string{"adapter: token ok", "adapter: metadata ok"}, ""},
		"refused":       {&adapterv1.CheckResponse{Status: lhcrv1.HealthStatus_HEALTH_STATUS_REFUSING, Steps: []*adapterv1.CheckStep{step("token", false, canary)}}, nil, []string{"adapter: token failed"}, "client id, secret and keys"},
		"down":          {&adapterv1.CheckResponse{Status: lhcrv1.HealthStatus_HEALTH_STATUS_DOWN, Steps: []*adapterv1.CheckStep{step("metadata", false, canary)}}, nil, []string{"adapter: metadata failed"}, "quoting our client id"},
		"unreachable":   {failedWith("the region could not be reached"), nil, []string{"adapter: token failed"}, "Do as the dns and tcp lines"},
		"untrusted":     {failedWith("the region's certificate is not trusted"), nil, []string{"adapter: token failed"}, "put that authority's certificate into ca_file"},
		"ours refused":  {failedWith("our client certificate was refused"), nil, []string{"adapter: token failed"}, "see cert_file"},
		"in time":       {failedWith("the region did not answer in time"), nil, []string{"adapter: token failed"}, "behind its front door"},
		"broken":        {failedWith("the connection to the region broke"), nil, []string{"adapter: token failed"}, "what stands between"},
		"elsewhere":     {failedWith("the region redirected us to where we do not follow"), nil, []string{"adapter: token failed"}, "it redirects elsewhere"},
		"not allowed":   {failedWith("the address is not among the region's allowed addresses"), nil, []string{"adapter: token failed"}, "allow_hosts"},
		"credentials":   {failedWith("the token service refused our credentials"), nil, []string{"adapter: token failed"}, "client id, secret and keys"},
		"out of order":  {failedWith("the region failed (503)"), nil, []string{"adapter: token failed"}, "behind its front door"},
		"too often":     {failedWith("the region says that we ask too often (429)"), nil, []string{"adapter: token failed"}, "how many requests"},
		"away":          {nil, status.Error(codes.Unavailable, "the region could not be reached"), []string{"adapter: check failed"}, "Do as the dns and tcp lines"},
		"without steps": {&adapterv1.CheckResponse{Status: lhcrv1.HealthStatus_HEALTH_STATUS_HEALTHY}, nil, []string{"adapter: check ok"}, ""},
		"in part":       {&adapterv1.CheckResponse{Status: lhcrv1.HealthStatus_HEALTH_STATUS_DEGRADED}, nil, []string{"adapter: check attention"}, ""},
		"of no state":   {&adapterv1.CheckResponse{}, nil, []string{"adapter: check failed"}, ""},
		"not there":     {nil, status.Error(codes.Unimplemented, ""), []string{"adapter: check not tried"}, ""},
		"failed":        {nil, status.Error(codes.Internal, canary), []string{"adapter: check failed"}, "quoting our client id"},
	} {
		t.Run(name, func(t *testing.T) {
			steps := network.Check(t.Context(), []network.Line{{RegionID: "dorset", Check: func(context.Context) (*adapterv1.CheckResponse, error) { return tt.res, tt.err }}}, network.Options{})
			if diff := cmp.Diff(tt.want, states(steps)); diff != "" || !strings.Contains(telling(steps).Ask, tt.asks) {
				t.Errorf("%+v (-want +got):\n%s", steps, diff)
			}
			if said, _ := json.Marshal(steps); strings.Contains(string(said), "9990001006") || strings.Contains(string(said), "records.example") {
				t.Errorf("%s", said)
			}
		})
	}
}

func TestASettingThatIsWrongIsAStepToo(t *testing.T) {
	steps := network.Check(t.Context(), []network.Line{{RegionID: "dorset", Problem: "regions.dorset.client_id: is required"}}, network.Options{})
	if len(steps) != 1 || steps[0].Name != "settings" || network.Well(steps) || !strings.Contains(steps[0].Found, "client_id") {
		t.Errorf("%+v", steps)
	}
}

func TestAnAddressWithoutANameOrTLS(t *testing.T) {
	mine, _ := net.Pipe()
	steps := network.Check(t.Context(), []network.Line{{RegionID: "dorset", Addresses: []network.Address{{
		Endpoint: &lhcrv1.NetworkEndpoint{RegionId: "dorset", Host: "127.0.0.1", Port: 9000, Network: "local"},
	}}}}, network.Options{Dial: func(context.Context, string, string) (net.Conn, error) { return mine, nil }})
	if diff := cmp.Diff([]string{"dns ok", "tcp ok"}, states(steps)); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
}
