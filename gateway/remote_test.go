package gateway_test

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/adapters/remote"
	"github.com/openlhcr/openlhcr/adapters/sandbox/pki"
	"github.com/openlhcr/openlhcr/gateway"
	"github.com/openlhcr/openlhcr/gateway/cache/redis/redistest"
	"github.com/openlhcr/openlhcr/gateway/config"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
)

// process is an adapter in a process of its own: it is not, and it is reached as if it were.
type process struct {
	ca      *pki.CA
	address string
	server  *grpc.Server
}

// serve serves a region's adapter at an address, to whoever shows a certificate of the
// authority. An address of port 0 is any free one.
func serve(t *testing.T, ca *pki.CA, address string, r *region) *process {
	t.Helper()
	certificate, err := ca.Server()
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	security := &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{certificate}, ClientCAs: ca.Pool(), ClientAuth: tls.RequireAndVerifyClientCert}
	p := &process{ca: ca, address: listener.Addr().String(), server: grpc.NewServer(append(remote.ServerOptions(), grpc.Creds(credentials.NewTLS(security)))...)}
	if err := remote.Serve(p.server, r); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := p.server.Serve(listener); err != nil && !errors.Is(err, grpc.ErrServerStopped) {
			t.Error(err)
		}
	}()
	t.Cleanup(func() {
		p.server.Stop()
		<-ended
	})
	return p
}

// adapter is the configuration by which a gateway reaches it.
func (p *process) adapter(t *testing.T) config.Adapter {
	t.Helper()
	s := system(t, p.ca, "")
	return config.Adapter{Target: p.address, CAFile: s.CAFile, CertFile: s.CertFile, KeyFile: s.KeyFile, ServerName: "localhost"}
}

// withOutside is a house of dorset, and of a region whose adapter is outside.
func withOutside(t *testing.T, id string, a config.Adapter) *house {
	t.Helper()
	h := prepare(t, &region{id: "dorset", fetch: answers(allergic("dorset", "a1"))})
	h.config.Regions[id] = config.Region{Enabled: true, Adapter: a}
	for organisation := range h.config.Organisations {
		h.config.Organisations[organisation] = append(h.config.Organisations[organisation], id)
	}
	return h
}

// held is from which regions a lookup of all regions brought allergies, and what became
// of the section in each.
func (h *house) held(t *testing.T) (regions []string, outcomes map[string]lhcrv1.OutcomeStatus) {
	t.Helper()
	req := asking(lhcrv1.Section_SECTION_ALLERGIES)
	req.Regions = &lhcrv1.RegionSelection{All: true}
	req.Freshness = &lhcrv1.Freshness{Bound: &lhcrv1.Freshness_PastCache{PastCache: true}}
	res, err := h.records(t).GetRecord(h.as(t), req)
	if err != nil {
		t.Fatal(err)
	}
	outcomes = map[string]lhcrv1.OutcomeStatus{}
	for _, o := range res.GetOutcomes() {
		outcomes[o.GetRegionId()] = o.GetStatus()
	}
	for _, a := range res.GetRecord().GetAllergies() {
		regions = append(regions, a.GetHeader().GetRegionId())
	}
	return regions, outcomes
}

const (
	returnedStatus    = lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED
	unavailableStatus = lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE
)

// reasonOff is why a region is off; empty when it is on.
func (h *house) reasonOff(t *testing.T, id string) string {
	t.Helper()
	res, err := lhcrv1.NewRegionServiceClient(h.conn(t)).GetRegion(h.as(t), &lhcrv1.GetRegionRequest{RegionId: id})
	if err != nil {
		t.Fatal(err)
	}
	if res.GetRegion().GetConfigured() != (res.GetRegion().GetDisabledReason() == "") {
		t.Errorf("%s is %v", id, res.GetRegion())
	}
	return res.GetRegion().GetDisabledReason()
}

// A region that this program was built without is asked through its adapter.
func TestAnAdapterInAProcessOfItsOwn(t *testing.T) {
	var asked atomic.Int32
	elsewhere := &region{id: "elsewhere", fetch: func(ctx context.Context, req *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
		asked.Add(1)
		if _, ok := metadata.FromIncomingContext(ctx); !ok {
			t.Error("it was not asked by a call")
		}
		return answers(allergic("elsewhere", "b1"))(ctx, req)
	}}
	p := serve(t, authority(t, "elsewhere"), "127.0.0.1:0", elsewhere)
	h := withOutside(t, "elsewhere", p.adapter(t))
	if err := gateway.Check(h.opts); err != nil {
		t.Fatal(err)
	}
	h.open(t)
	regions, outcomes := h.held(t)
	if diff := cmp.Diff([]string{"dorset", "elsewhere"}, regions); diff != "" || asked.Load() != 1 {
		t.Errorf("regions that answered (-want +got):\n%s\n%v", diff, outcomes)
	}
	if got := h.reasonOff(t, "elsewhere"); got != "" {
		t.Errorf("it is off: %s", got)
	}
	h.mustReload(t)
	if _, outcomes := h.held(t); outcomes["elsewhere"] != returnedStatus {
		t.Errorf("after a reload %v", outcomes)
	}
	p.server.Stop()
	if _, outcomes := h.held(t); outcomes["elsewhere"] != unavailableStatus || outcomes["dorset"] != returnedStatus {
		t.Errorf("once it is away %v", outcomes)
	}
	h.mustReload(t)
	if got := h.reasonOff(t, "elsewhere"); got != "" {
		t.Errorf("one that was on and is away is off: %s", got)
	}
	if _, outcomes := h.held(t); outcomes["elsewhere"] != unavailableStatus {
		t.Errorf("after another reload %v", outcomes)
	}
}

func (h *house) mustReload(t *testing.T) {
	t.Helper()
	if err := h.Reload(t.Context()); err != nil {
		t.Fatalf("the reload: %v", err)
	}
}

// The gateway starts without it, says so, and takes it when it comes.
func TestAnAdapterThatCannotBeReachedAtTheStart(t *testing.T) {
	ca := authority(t, "elsewhere")
	first := serve(t, ca, "127.0.0.1:0", &region{id: "elsewhere", fetch: answers(nil)})
	a := first.adapter(t)
	first.server.Stop()
	h := withOutside(t, "elsewhere", a)
	h.config.Reload.Every.Duration = time.Second
	began := time.Now()
	h.open(t)
	if took := time.Since(began); took > 4*time.Second {
		t.Errorf("the start took %v", took)
	}
	if got := h.reasonOff(t, "elsewhere"); got != "its adapter could not be reached" {
		t.Errorf("it is off for %q", got)
	}
	// Whoever asks all regions hears that this one gave nothing.
	if _, outcomes := h.held(t); outcomes["elsewhere"] != unavailableStatus || outcomes["dorset"] != returnedStatus {
		t.Errorf("outcomes %v", outcomes)
	}
	serve(t, ca, first.address, &region{id: "elsewhere", fetch: answers(allergic("elsewhere", "b1"))})
	redistest.Await(t, "the adapter to be reached", func() bool { return h.reasonOff(t, "elsewhere") == "" })
	if _, outcomes := h.held(t); outcomes["elsewhere"] != returnedStatus {
		t.Errorf("once it is there %v", outcomes)
	}
}

// One that was replaced by another that says something else of itself is taken anew.
func TestAnAdapterThatDescribesItselfAnewIsTakenOver(t *testing.T) {
	ca := authority(t, "elsewhere")
	first := serve(t, ca, "127.0.0.1:0", &region{id: "elsewhere", fetch: answers(nil)})
	h := withOutside(t, "elsewhere", first.adapter(t)).open(t)
	first.server.Stop()
	serve(t, ca, first.address, &region{id: "elsewhere", fetch: answers(nil), about: func(d *adapterv1.DescribeResponse) { d.Region.Name = "Another name" }})
	h.mustReload(t)
	res, err := lhcrv1.NewRegionServiceClient(h.conn(t)).GetRegion(h.as(t), &lhcrv1.GetRegionRequest{RegionId: "elsewhere"})
	if err != nil || res.GetRegion().GetName() != "Another name" {
		t.Errorf("it is called %q (%v)", res.GetRegion().GetName(), err)
	}
}

func TestAnAdapterThatIsNotTheRegionsIsNotUsed(t *testing.T) {
	p := serve(t, authority(t, "elsewhere"), "127.0.0.1:0", &region{id: "nowhere", fetch: answers(nil)})
	good := p.adapter(t)
	stranger := serve(t, authority(t, "stranger"), "127.0.0.1:0", &region{id: "elsewhere", fetch: answers(nil)}).adapter(t)
	for name, tt := range map[string]struct {
		adapter config.Adapter
		want    string
	}{
		"of another region":      {good, "its adapter describes region nowhere, the configuration says elsewhere"},
		"that we do not trust":   {config.Adapter{Target: stranger.Target, CAFile: good.CAFile, CertFile: stranger.CertFile, KeyFile: stranger.KeyFile, ServerName: "localhost"}, "its adapter could not be reached"},
		"that does not trust us": {config.Adapter{Target: stranger.Target, CAFile: stranger.CAFile, CertFile: good.CertFile, KeyFile: good.KeyFile, ServerName: "localhost"}, "its adapter could not be reached"},
		"of another name":        {config.Adapter{Target: good.Target, CAFile: good.CAFile, CertFile: good.CertFile, KeyFile: good.KeyFile, ServerName: "adapter.example"}, "its adapter could not be reached"},
	} {
		t.Run(name, func(t *testing.T) {
			h := withOutside(t, "elsewhere", tt.adapter).open(t)
			if got := h.reasonOff(t, "elsewhere"); got != tt.want {
				t.Errorf("it is off for %q, want %q", got, tt.want)
			}
			if _, outcomes := h.held(t); outcomes["elsewhere"] != unavailableStatus {
				t.Errorf("outcomes %v", outcomes)
			}
		})
	}
}

func TestWhatIsWrongWithAnAdaptersFilesIsNamed(t *testing.T) {
	p := serve(t, authority(t, "elsewhere"), "127.0.0.1:0", &region{id: "elsewhere", fetch: answers(nil)})
	junk := filepath.Join(t.TempDir(), "junk")
	if err := os.WriteFile(junk, []byte("junk"), 0o600); err != nil {
		t.Fatal(err)
	}
	for key, change := range map[string]func(*config.Adapter){
		"ca_file":   func(a *config.Adapter) { a.CAFile = junk },
		"cert_file": func(a *config.Adapter) { a.CertFile = junk },
	} {
		a := p.adapter(t)
		change(&a)
		h := withOutside(t, "elsewhere", a)
		_, err := gateway.New(h.opts)
		for who, err := range map[string]error{"New": err, "Check": gateway.Check(h.opts)} {
			if err == nil || !strings.Contains(err.Error(), "regions.elsewhere.adapter."+key) {
				t.Errorf("%s: the error %v does not name %s", who, err, key)
			}
		}
	}
}

// warned is what was said of adapters, one by one, with its cause.
func (h *house) warned(t *testing.T) (all []string) {
	t.Helper()
	for line := range strings.Lines(h.log.String()) {
		var said struct{ Level, Msg, Region, Cause string }
		if err := json.Unmarshal([]byte(line), &said); err != nil {
			t.Fatal(err)
		}
		if what, of := strings.CutPrefix(said.Msg, "the adapter of a region can"); of && said.Level == "WARN" {
			what, _, _ = strings.Cut(what, ":")
			all = append(all, strings.TrimSuffix(said.Region+what+": "+said.Cause, ": "))
		}
	}
	return all
}

// One that comes as another region's, and then as its own, is looked at each time, and
// each time that it changes is logged.
func TestAnAdapterThatIsAwayThenAnothersThenItsOwn(t *testing.T) {
	ca := authority(t, "elsewhere")
	first := serve(t, ca, "127.0.0.1:0", &region{id: "elsewhere", fetch: answers(nil)})
	a := first.adapter(t)
	first.server.Stop()
	h := withOutside(t, "elsewhere", a)
	h.config.Reload.Every.Duration = time.Second
	h.open(t)
	const other = "its adapter describes region nowhere, the configuration says elsewhere"
	redistest.Await(t, "the log to say that it is away", func() bool { return len(h.warned(t)) == 1 })
	wrong := serve(t, ca, first.address, &region{id: "nowhere", fetch: answers(nil)})
	redistest.Await(t, "the adapter to be another's", func() bool { return h.reasonOff(t, "elsewhere") == other })
	wrong.server.Stop()
	own := serve(t, ca, first.address, &region{id: "elsewhere", fetch: answers(allergic("elsewhere", "b1"))})
	redistest.Await(t, "the adapter to be its own", func() bool { return h.reasonOff(t, "elsewhere") == "" })
	own.server.Stop()
	serve(t, ca, first.address, &region{id: "nowhere", fetch: answers(allergic("elsewhere", "b1"))})
	redistest.Await(t, "the adapter to be another's again", func() bool { return h.reasonOff(t, "elsewhere") == other })
	said := slices.DeleteFunc(h.warned(t)[1:], func(s string) bool { return strings.HasSuffix(s, "reached") }) // between two of them
	if diff := cmp.Diff([]string{"elsewherenot be used: " + other, "elsewhere be used again", "elsewherenot be used: " + other}, said); diff != "" {
		t.Errorf("it was said (-want +got):\n%s", diff)
	}
	if strings.Contains(h.log.String(), first.address) {
		t.Error("the log names its address")
	}
}
