package xua_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"math/big"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/adapters/ihe/xua"
	"github.com/openlhcr/openlhcr/adapters/xmltree"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

var start = time.Date(2026, 3, 7, 10, 15, 30, 0, time.FixedZone("BST", 3600))

type deployment struct {
	key  *rsa.PrivateKey
	cert []byte
	now  time.Time
}

func newDeployment(t *testing.T) *deployment {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: start.Add(time.Hour)}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return &deployment{key: key, cert: cert, now: start}
}

func (d *deployment) config() xua.Config {
	return xua.Config{
		Issuer: "urn:openlhcr:test", Audience: "https://xds.example", Lifetime: 5 * time.Minute, HomeCommunity: "2.999.8",
		Key: d.key, Certificates: [][]byte{d.cert}, Now: func() time.Time { return d.now }, Random: rand.Reader,
	}
}

func (d *deployment) source(t *testing.T) *xua.Source {
	t.Helper()
	s, err := xua.New(d.config())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func caller(change ...func(*adapterv1.Caller)) *adapterv1.Caller {
	c := &adapterv1.Caller{
		OrganisationOdsCode: "FA001", OrganisationName: "Smith & <Sons>", PersonId: "555000111222", PersonName: "Pat Example",
		RoleCode: "R1290", RoleName: "Pharmacist", Access: &lhcrv1.AccessContext{Purpose: lhcrv1.Purpose_PURPOSE_DIRECT_CARE},
	}
	for _, f := range change {
		f(c)
	}
	return c
}

func assertion(t *testing.T, s *xua.Source, c *adapterv1.Caller) []byte {
	t.Helper()
	a, failure := s.Assertion(c)
	if failure != nil {
		t.Fatal(failure)
	}
	return a
}

func parse(t *testing.T, a []byte) *xmltree.Element {
	t.Helper()
	root, err := xmltree.Parse(a, xmltree.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func TestAssertionNamesTheOriginatingUser(t *testing.T) {
	root := parse(t, assertion(t, newDeployment(t).source(t), caller()))
	got := map[string]string{
		"issuer": root.Child("Issuer").Text(), "version": root.Attr("Version"), "issued": root.Attr("IssueInstant"),
		"person": root.At("Subject", "NameID").Text(), "from": root.Child("Conditions").Attr("NotBefore"),
		"until": root.Child("Conditions").Attr("NotOnOrAfter"), "audience": root.At("Conditions", "AudienceRestriction", "Audience").Text(),
		"authenticated": root.Child("AuthnStatement").Attr("AuthnInstant"), "second": root.Children("")[1].Local,
	}
	for _, a := range root.Child("AttributeStatement").Children("Attribute") {
		value, name := a.Child("AttributeValue"), a.Attr("Name")
		name = name[strings.LastIndexByte(name, ':')+1:]
		got[name] = value.Text()
		for _, coded := range value.Children("") {
			got[name] = coded.Local + " " + coded.Attr("code") + " " + coded.Attr("codeSystem") + " " + coded.Attr("displayName")
		}
	}
	want := map[string]string{
		"issuer": "urn:openlhcr:test", "version": "2.0", "issued": "2026-03-07T09:15:30.000Z", "person": "555000111222",
		"from": "2026-03-07T09:15:30.000Z", "until": "2026-03-07T09:20:30.000Z", "audience": "https://xds.example",
		"authenticated": "2026-03-07T09:15:30.000Z", "second": "Signature",
		"subject-id": "Pat Example", "organization": "Smith & <Sons>", "organization-id": "FA001", "homeCommunityId": "urn:oid:2.999.8",
		"role": "Role R1290 1.2.826.0.1285.0.2.1.104 Pharmacist", "purposeofuse": "PurposeOfUse TREATMENT 2.16.840.1.113883.3.18.7.1 ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The signature is checked by libxml2's canonical form and Go's own RSA, not by the library that made it.
func TestSignatureHolds(t *testing.T) {
	if _, err := exec.LookPath("xmllint"); err != nil {
		t.Skip("no xmllint on PATH")
	}
	d := newDeployment(t)
	signed := assertion(t, d.source(t), caller())
	inEnvelope := []byte(`<e:Envelope xmlns:e="urn:e" xmlns="urn:other"><e:Header>` + string(signed) + `</e:Header></e:Envelope>`)
	for name, doc := range map[string][]byte{"alone": signed, "in an envelope": inEnvelope} {
		t.Run(name, func(t *testing.T) {
			if !verify(t, d, doc) {
				t.Error("the signature does not hold")
			}
			if verify(t, d, bytes.Replace(doc, []byte("FA001"), []byte("FA002"), 1)) {
				t.Error("the signature holds for another organisation")
			}
		})
	}
}

func verify(t *testing.T, d *deployment, doc []byte) bool {
	t.Helper()
	canonical := canonicalPart(t, doc, "Assertion", "urn:oasis:names:tc:SAML:2.0:assertion")
	signature := cut(t, canonical, "<ds:Signature", "</ds:Signature>")
	digest := sha256.Sum256(bytes.Replace(canonical, signature, nil, 1))
	info := parse(t, signature).Child("SignedInfo")
	if info.At("SignatureMethod").Attr("Algorithm") != "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256" {
		t.Fatal("another algorithm")
	}
	root := parse(t, canonical)
	if info.Child("Reference").Attr("URI") != "#"+root.Attr("ID") {
		t.Fatal("the signature is over something else")
	}
	if base64.StdEncoding.EncodeToString(digest[:]) != info.At("Reference", "DigestValue").Text() {
		return false
	}
	value, err := base64.StdEncoding.DecodeString(parse(t, signature).Child("SignatureValue").Text())
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(canonicalPart(t, doc, "SignedInfo", "http://www.w3.org/2000/09/xmldsig#"))
	return rsa.VerifyPKCS1v15(&d.key.PublicKey, crypto.SHA256, sum[:], value) == nil
}

// canonicalPart is the exclusive canonical form of one element (xmllint).
func canonicalPart(t *testing.T, doc []byte, local, space string) []byte {
	t.Helper()
	all := exec.Command("xmllint", "--exc-c14n", "-")
	all.Stdin = bytes.NewReader(apart(t, doc, local, space))
	out, err := all.Output()
	if err != nil {
		t.Fatal(err)
	}
	return bytes.TrimSpace(out)
}

// apart is one element as a document of its own, with the namespace of its prefix.
func apart(t *testing.T, doc []byte, local, space string) []byte {
	t.Helper()
	prefix := map[string]string{"Assertion": "saml", "SignedInfo": "ds"}[local]
	element := cut(t, doc, "<"+prefix+":"+local, "</"+prefix+":"+local+">")
	if bytes.Contains(element[:bytes.IndexByte(element, '>')], []byte("xmlns:"+prefix)) {
		return element
	}
	declared := []byte("<" + prefix + ":" + local + ` xmlns:` + prefix + `="` + space + `"`)
	return append(declared, element[len("<"+prefix+":"+local):]...)
}

func cut(t *testing.T, doc []byte, from, to string) []byte {
	t.Helper()
	start, end := bytes.Index(doc, []byte(from)), bytes.Index(doc, []byte(to))
	if start < 0 || end < start {
		t.Fatalf("no %s", from)
	}
	return bytes.Clone(doc[start : end+len(to)])
}

func TestUserWhoIsNotKnownIsNotSpokenFor(t *testing.T) {
	s := newDeployment(t).source(t)
	for name, change := range map[string]func(*adapterv1.Caller){
		"organisation": func(c *adapterv1.Caller) { c.OrganisationOdsCode = "" },
		"person":       func(c *adapterv1.Caller) { c.PersonId = "two\r\nlines" },
		"role":         func(c *adapterv1.Caller) { c.RoleCode = " R1290" },
		"purpose":      func(c *adapterv1.Caller) { c.Access = nil },
	} {
		_, failure := s.Assertion(caller(change))
		if failure == nil || failure.Status != lhcrv1.OutcomeStatus_OUTCOME_STATUS_REFUSED || !strings.Contains(failure.Message, name) {
			t.Errorf("without %s: %v", name, failure)
		}
	}
}

func TestAssertionIsKeptForItsCallerAlone(t *testing.T) {
	d := newDeployment(t)
	s := d.source(t)
	first := assertion(t, s, caller())
	if !bytes.Equal(first, assertion(t, s, caller())) {
		t.Error("the same caller's is made anew")
	}
	seen := map[string]bool{string(first): true}
	for name, change := range map[string]func(*adapterv1.Caller){
		"person":            func(c *adapterv1.Caller) { c.PersonId = "555000111223" },
		"person's name":     func(c *adapterv1.Caller) { c.PersonName = "Sam Example" },
		"organisation":      func(c *adapterv1.Caller) { c.OrganisationOdsCode = "FA002" },
		"organisation name": func(c *adapterv1.Caller) { c.OrganisationName = "Jones" },
		"role":              func(c *adapterv1.Caller) { c.RoleCode = "R8000" },
		"role name":         func(c *adapterv1.Caller) { c.RoleName = "" },
		"emergency":         func(c *adapterv1.Caller) { c.Access.Basis = lhcrv1.AccessBasis_ACCESS_BASIS_EMERGENCY_OVERRIDE },
	} {
		a := assertion(t, s, caller(change))
		if seen[string(a)] {
			t.Errorf("another %s gets an assertion of another caller", name)
		}
		seen[string(a)] = true
	}
	d.now = start.Add(4*time.Minute - time.Second)
	if !bytes.Equal(first, assertion(t, s, caller())) {
		t.Error("it is not kept for four fifths of its life")
	}
	d.now = start.Add(4 * time.Minute)
	if bytes.Equal(first, assertion(t, s, caller())) {
		t.Error("it is used until its end")
	}
}

func TestManyCallersAreNotKeptForever(t *testing.T) {
	d := newDeployment(t)
	s := d.source(t)
	first := assertion(t, s, caller())
	for i := range 1000 {
		assertion(t, s, caller(func(c *adapterv1.Caller) { c.PersonId = strconv.Itoa(i) }))
	}
	if bytes.Equal(first, assertion(t, s, caller())) {
		t.Error("a thousand and one are kept")
	}
}

func TestWhatADeploymentMustSet(t *testing.T) {
	d := newDeployment(t)
	elliptic, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(*xua.Config){
		"client id":           func(c *xua.Config) { c.Issuer = "" },
		"signing key is not":  func(c *xua.Config) { c.Key = nil },
		"signing certificate": func(c *xua.Config) { c.Certificates = nil },
		"no RSA key":          func(c *xua.Config) { c.Key = elliptic },
		"audience":            func(c *xua.Config) { c.Audience = "" },
	} {
		cfg := d.config()
		change(&cfg)
		if _, err := xua.New(cfg); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want one that names %s", err, want)
		}
	}
}
