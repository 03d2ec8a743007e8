package definition

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"

	"github.com/openlhcr/openlhcr/adapters"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/types/known/durationpb"
)

// The purposes of endpoints.
const (
	PurposeRecord = "record"
	PurposeToken  = "token"
)

// Describe is the definition in the contract's words, before any deployment: hosts are placeholders under .invalid.
func (d *Definition) Describe() *adapterv1.DescribeResponse {
	return d.DescribeFor(adapters.Settings{})
}

// DescribeFor is the definition in the contract's words, with the addresses that a deployment configured.
func (d *Definition) DescribeFor(settings adapters.Settings) *adapterv1.DescribeResponse {
	return &adapterv1.DescribeResponse{
		Region: &lhcrv1.Region{
			RegionId: d.ID, Name: d.Name, Description: d.Description, Platform: d.Platform, Protocol: d.Protocol,
			Certainty: certaintyOf(d.Claims), Claims: described(d.Claims), Sections: d.support(), Capabilities: d.capabilities(),
			Notes: d.Notes, SourceLag: d.SourceLag, VariesBy: d.variesBy(),
			PharmaceuticalCommittees: d.PharmaceuticalCommittees, IntegratedCareBoards: d.IntegratedCareBoards,
			ConsentPerPeriodOfCare: d.Consent != nil, DisabledReason: d.OffByDefault,
		},
		Endpoints:     d.endpoints(settings),
		FetchTimeout:  durationpb.New(d.Limits.FetchTimeout),
		Configuration: d.configuration(settings),
	}
}

// configuration is a digest of the file and of what a deployment set beside it. Of
// secrets it knows the names only: a new secret opens the same door.
func (d *Definition) configuration(settings adapters.Settings) string {
	h := sha256.New()
	fmt.Fprintf(h, "%x %q %q %q %q", d.source, settings.BaseURL, settings.TokenURL, settings.ClientID, settings.SigningKeyID)
	for _, name := range slices.Sorted(maps.Keys(settings.Codes)) {
		fmt.Fprintf(h, " %q=%q", name, settings.Codes[name])
	}
	for _, name := range slices.Sorted(maps.Keys(settings.Addresses)) {
		fmt.Fprintf(h, " at %q=%q", name, settings.Addresses[name])
	}
	for _, name := range slices.Sorted(maps.Keys(settings.Secrets)) {
		fmt.Fprintf(h, " secret %q", name)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// certaintyOf is that of the least sure claim.
func certaintyOf(claims []Claim) lhcrv1.Certainty {
	least := lhcrv1.Certainty_CERTAINTY_UNSPECIFIED
	for _, c := range claims {
		least = max(least, certainties()[c.Certainty]) // the contract orders them from sure to unsure
	}
	return least
}

func described(claims []Claim) []*lhcrv1.RegionClaim {
	out := make([]*lhcrv1.RegionClaim, len(claims))
	for i, c := range claims {
		out[i] = &lhcrv1.RegionClaim{Subject: c.Subject, Statement: c.Statement, Certainty: certainties()[c.Certainty], Source: c.Source}
	}
	return out
}

func (d *Definition) support() []*lhcrv1.SectionSupport {
	known := sections()
	out := make([]*lhcrv1.SectionSupport, 0, len(known))
	for _, name := range ordered(known) {
		support := &lhcrv1.SectionSupport{Section: known[name], Supported: d.Gives(known[name])}
		if !support.GetSupported() {
			support.Reason = d.NotSupported(known[name])
		}
		out = append(out, support)
	}
	return out
}

func (d *Definition) capabilities() []*lhcrv1.CapabilitySupport {
	known := capabilities()
	out := make([]*lhcrv1.CapabilitySupport, 0, len(known))
	for _, name := range ordered(known) {
		c := d.Capabilities[name]
		out = append(out, &lhcrv1.CapabilitySupport{Capability: known[name], Supported: c.Supported, Reason: c.Reason})
	}
	return out
}

func (d *Definition) variesBy() []lhcrv1.VariesBy {
	out := make([]lhcrv1.VariesBy, len(d.VariesBy))
	for i, word := range d.VariesBy {
		out[i] = variesBy()[word]
	}
	return out
}

func (d *Definition) endpoints(settings adapters.Settings) []*lhcrv1.NetworkEndpoint {
	out := make([]*lhcrv1.NetworkEndpoint, len(d.Endpoints))
	for i, e := range d.Endpoints {
		host, port := d.address(e, settings)
		out[i] = &lhcrv1.NetworkEndpoint{
			RegionId: d.ID, Host: host, Port: port, Protocol: "https", Network: e.Network, Direction: "outbound", Purpose: e.Purpose,
		}
	}
	return out
}

func (d *Definition) address(e Endpoint, settings adapters.Settings) (host string, port uint32) {
	u, err := url.Parse(addressOf(e.Purpose, settings))
	if err != nil || u.Hostname() == "" {
		return e.Purpose + "." + d.ID + ".invalid", 443
	}
	n, err := strconv.ParseUint(u.Port(), 10, 16)
	if err != nil {
		return u.Hostname(), 443
	}
	return u.Hostname(), uint32(n)
}

// addressOf is the address that a deployment set for a purpose. Empty where it set none.
func addressOf(purpose string, settings adapters.Settings) string {
	switch purpose {
	case PurposeRecord:
		return settings.BaseURL
	case PurposeToken:
		return settings.TokenURL
	}
	return settings.Addresses[purpose]
}
