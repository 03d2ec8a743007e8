package adapters

import (
	"crypto"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
)

// Environment is what a deployment lends to an adapter. Nothing else of the
// outside world is an adapter's to reach.
type Environment struct {
	// HTTP carries the region's transport security, its size caps and its list of
	// allowed addresses. Never nil, but for a part that is left out.
	HTTP *http.Client
	// Now is the clock. Never nil.
	Now func() time.Time
	// Random is the source of chance, for ids of tokens. Safe for concurrent use. Never nil.
	Random io.Reader
	// Settings are what the deployment configured for this region.
	Settings Settings
	// Parts are what it lends for the region's further systems, by the name that the
	// region's package gives each ("documents"). Each system must be there: one whose HTTP
	// is nil is one that the deployment leaves out on purpose.
	Parts map[string]Environment
}

// Settings are what a deployment configures for one region. Which of them a region
// needs, its definition says.
type Settings struct {
	// BaseURL is where the regional system answers.
	BaseURL string
	// TokenURL is where tokens are got. Empty where the region has no token endpoint.
	TokenURL string
	// Addresses are where the system answers for further purposes, by the name that its
	// definition gives each ("registry", "repository", "pix").
	Addresses map[string]string
	// ClientID is the id under which the region knows us.
	ClientID string
	// ClientSecret is the secret that goes with it, where the region takes one.
	ClientSecret Secret
	// Secrets are further secrets, by the name that the definition gives each
	// ("subscription-key", "password").
	Secrets map[string]Secret
	// SigningKey signs assertions, where the region takes them.
	SigningKey crypto.Signer
	// SigningKeyID names that key to the region. Empty where it needs no name.
	SigningKeyID string
	// SigningCertificates are the certificates of that key, DER, the key's own first, where
	// the region wants to see them.
	SigningCertificates [][]byte
	// Codes maps our names to the region's own codes ("reason.direct-care": "1"),
	// where its definition leaves them to the deployment.
	Codes map[string]string
}

// Secret is a string that prints as nothing.
type Secret string

// String hides the secret.
func (Secret) String() string { return "[secret]" }

// GoString hides the secret.
func (Secret) GoString() string { return "[secret]" }

// Reveal is the secret itself.
func (s Secret) Reveal() string { return string(s) }

// Entry is one region of a registry.
type Entry struct {
	// ID is the region's id.
	ID string
	// Describe is what the region's definition says, before any deployment.
	Describe func() *adapterv1.DescribeResponse
	// New makes the adapter. Its error names the setting that is missing or wrong,
	// and never shows a secret. Nil for a name that stands for several regions and is
	// no system of its own.
	New func(Environment) (Adapter, error)
}

// Registry is the set of regions that a binary was built with: a value, not a global.
type Registry struct {
	entries []Entry
}

// NewRegistry makes a registry. Two entries of one id are an error.
func NewRegistry(entries ...Entry) (*Registry, error) {
	sorted := slices.Clone(entries)
	slices.SortFunc(sorted, func(a, b Entry) int { return strings.Compare(a.ID, b.ID) })
	for i, e := range sorted {
		if !regionID.MatchString(e.ID) {
			return nil, fmt.Errorf("region id %q: want lower-case letters, digits and hyphens", e.ID)
		}
		if i > 0 && sorted[i-1].ID == e.ID {
			return nil, fmt.Errorf("region %q is registered twice", e.ID)
		}
	}
	return &Registry{entries: sorted}, nil
}

// Entries are the regions, sorted by id.
func (r *Registry) Entries() []Entry { return slices.Clone(r.entries) }

// Entry finds a region by its id.
func (r *Registry) Entry(id string) (Entry, bool) {
	i, ok := slices.BinarySearchFunc(r.entries, id, func(e Entry, id string) int { return strings.Compare(e.ID, id) })
	if !ok {
		return Entry{}, false
	}
	return r.entries[i], true
}
