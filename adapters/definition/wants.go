package definition

import (
	"maps"
	"slices"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// Wants is what a region needs of a deployment beside the address of its record.
type Wants struct {
	// TokenURL says that tokens are got at an address that must be configured.
	TokenURL bool
	// ClientID and ClientSecret are what the region knows us by.
	ClientID, ClientSecret bool
	// SigningKey, SigningKeyID and SigningCertificate are what we sign with.
	SigningKey, SigningKeyID, SigningCertificate bool
	// Addresses, Secrets and Codes are all names that may stand under addresses, secret_files
	// and codes, sorted.
	Addresses, Secrets, Codes []Want
}

// Want is a name that stands under one of a deployment's keys.
type Want struct {
	// Name, or the beginning of names with a star behind it ("role.*").
	Name string
	// Why it must be there. Empty where the region does without.
	Why string
}

// purposeRegistry is the other name of an exchange's record.
const purposeRegistry = "registry"

// The flows of a token whose settings differ.
const (
	flowNone       = "none"
	flowPassword   = "password"
	flowSMART      = "smart-backend"
	flowInterweave = "interweave"
)

// Wants is what the region needs of a deployment.
func (d *Definition) Wants() Wants {
	flow, asserts := d.Token.Flow, d.IHE != nil && d.IHE.Assertion != nil
	return Wants{
		TokenURL: flow != flowNone && flow != flowSMART, ClientID: flow != flowNone || asserts, ClientSecret: d.Token.wantsSecret(),
		SigningKey: flow == flowSMART || flow == flowInterweave || asserts, SigningKeyID: flow == flowSMART, SigningCertificate: asserts,
		Addresses: sorted(d.furtherAddresses()), Secrets: sorted(d.secrets()), Codes: sorted(d.codes(asserts)),
	}
}

// WithCode is the definition with one more code that a deployment must set, which the region's own package wants.
func (d *Definition) WithCode(name, why string) *Definition {
	out := *d
	out.own = append(slices.Clone(d.own), Want{name, why})
	return &out
}

func (t Token) wantsSecret() bool {
	switch t.Flow {
	case flowNone, flowSMART:
		return false
	case flowPassword:
		return t.ClientAuth != "" && t.ClientAuth != "none"
	}
	return t.ClientAuth != "none"
}

// furtherAddresses are those of its endpoints that have no key of their own and, where
// documents are searched for, of the repository that may hold them.
func (d *Definition) furtherAddresses() map[string]string {
	out := map[string]string{}
	for _, e := range d.Endpoints {
		if e.Purpose != PurposeRecord && e.Purpose != PurposeToken {
			out[e.Purpose] = ""
		}
	}
	if d.FHIR != nil && d.Gives(lhcrv1.Section_SECTION_DOCUMENTS) {
		out[PurposeRepository] = ""
	}
	if d.IHE != nil { // every service of an exchange has a name, used or not
		out[purposeRegistry], out[PurposeRepository], out[PurposePIX], out[PurposeXCPD] = "", "", "", ""
	}
	for _, needed := range d.IHE.Addresses() {
		if needed == PurposePIX || needed == PurposeXCPD {
			out[needed] = "patients are looked up there"
		}
	}
	return out
}

func (d *Definition) secrets() map[string]string {
	out := map[string]string{}
	for _, header := range slices.Sorted(maps.Keys(d.Headers.Secrets)) {
		out[d.Headers.Secrets[header]] = "the region wants it in the header " + header
	}
	if d.Token.Flow == flowPassword {
		out["password"] = "it is the password of our account"
	}
	return out
}

func (d *Definition) codes(asserts bool) map[string]string {
	out := map[string]string{}
	may := func(names ...string) {
		for _, name := range names {
			out[name] = ""
		}
	}
	switch d.Token.Flow {
	case flowPassword:
		out["username"] = "set username under codes to the name of our account"
	case flowInterweave:
		may("token.subject", "reason.direct-care", "reason.emergency-override", "reason.unstated", "role.*")
	}
	if d.IHE != nil {
		may("home-community")
	}
	if asserts {
		may("role.system", "purpose.system", "purpose.direct-care", "purpose.emergency")
	}
	for _, own := range d.own {
		out[own.Name] = own.Why
	}
	return out
}

func sorted(why map[string]string) []Want {
	var out []Want
	for _, name := range slices.Sorted(maps.Keys(why)) {
		out = append(out, Want{name, why[name]})
	}
	return out
}
