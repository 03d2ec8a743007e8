// Package iheprobe is a plain consumer of IHE's SOAP transactions for the tests of simulators: it signs assertions, wraps
// messages and takes answers apart, and knows nothing of any region.
package iheprobe

import (
	"bytes"
	"context"
	"crypto/rsa"
	"crypto/tls"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"

	"github.com/openlhcr/openlhcr/adapters/sandbox/probe"
	"github.com/openlhcr/openlhcr/adapters/sandbox/system"
)

// MessageID is the id of every message.
const MessageID = "urn:uuid:0fbfdced-6c01-4d09-a110-2201afedaa02"

// Call is one message and how it goes out. Tests change what they want to be wrong.
type Call struct {
	To, Action string
	// Payload is the XML of the body.
	Payload string
	// Assertion is the XML of the user's assertion. Unsigned says that it goes out as it is.
	Assertion string
	Unsigned  bool
	// Header is XML beside the usual header blocks; To and Action are left out where Omit names them.
	Header string
	Omit   string
	// ContentType of the request. Empty: SOAP 1.2 with its action.
	ContentType string
	Method      string
}

// Probe sends calls to one system.
type Probe struct {
	Access system.Access
	client *http.Client
}

// New makes a probe with the certificates that the access names.
func New(t *testing.T, access system.Access) *Probe {
	t.Helper()
	return &Probe{Access: access, client: probe.Gateway(t, access)}
}

// Close lets go of idle connections, before a test that counts goroutines ends.
func (p *Probe) Close() { p.client.CloseIdleConnections() }

// Call makes a call that is right in everything but its payload.
func (p *Probe) Call(to, action, payload string) Call {
	return Call{To: to, Action: action, Payload: payload, Assertion: p.Assertion(), Method: http.MethodPost}
}

// Assertion is a right assertion, yet to be signed.
func (p *Probe) Assertion() string {
	now := time.Now().UTC()
	return strings.NewReplacer(
		"{issuer}", p.Access.ClientID, "{audience}", p.Access.Audience, "{purpose}", p.Access.ReasonCode,
		"{now}", now.Format(time.RFC3339), "{from}", now.Add(-time.Minute).Format(time.RFC3339),
		"{until}", now.Add(5*time.Minute).Format(time.RFC3339),
	).Replace(assertion)
}

const assertion = `<saml2:Assertion xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ID="_a1" Version="2.0" IssueInstant="{now}">` +
	`<saml2:Issuer>{issuer}</saml2:Issuer>` +
	`<saml2:Subject><saml2:NameID>555000111222</saml2:NameID><saml2:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"/></saml2:Subject>` +
	`<saml2:Conditions NotBefore="{from}" NotOnOrAfter="{until}"><saml2:AudienceRestriction><saml2:Audience>{audience}</saml2:Audience></saml2:AudienceRestriction></saml2:Conditions>` +
	`<saml2:AuthnStatement AuthnInstant="{now}"><saml2:AuthnContext><saml2:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:X509</saml2:AuthnContextClassRef></saml2:AuthnContext></saml2:AuthnStatement>` +
	`<saml2:AttributeStatement>` +
	`<saml2:Attribute Name="urn:oasis:names:tc:xspa:1.0:subject:subject-id"><saml2:AttributeValue>Pat Example</saml2:AttributeValue></saml2:Attribute>` +
	`<saml2:Attribute Name="urn:oasis:names:tc:xspa:1.0:subject:organization"><saml2:AttributeValue>Example Pharmacy</saml2:AttributeValue></saml2:Attribute>` +
	`<saml2:Attribute Name="urn:oasis:names:tc:xspa:1.0:subject:organization-id"><saml2:AttributeValue>https://fhir.nhs.uk/Id/ods-organization-code|FA001</saml2:AttributeValue></saml2:Attribute>` +
	`<saml2:Attribute Name="urn:oasis:names:tc:xacml:2.0:subject:role"><saml2:AttributeValue><Role xmlns="urn:hl7-org:v3" xsi:type="CE" code="R1290" codeSystem="1.2.826.0.1285.0.2.1.104" displayName="Pharmacist"/></saml2:AttributeValue></saml2:Attribute>` +
	`<saml2:Attribute Name="urn:oasis:names:tc:xspa:1.0:subject:purposeofuse"><saml2:AttributeValue><PurposeOfUse xmlns="urn:hl7-org:v3" xsi:type="CE" code="{purpose}" codeSystem="2.16.840.1.113883.3.18.7.1"/></saml2:AttributeValue></saml2:Attribute>` +
	`</saml2:AttributeStatement></saml2:Assertion>`

// Do sends a call and reads the whole answer.
func (p *Probe) Do(t *testing.T, c Call) (probe.Answer, error) {
	t.Helper()
	return p.DoContext(t.Context(), t, c)
}

// DoContext is Do within a context.
func (p *Probe) DoContext(ctx context.Context, t *testing.T, c Call) (probe.Answer, error) {
	t.Helper()
	body := p.envelope(t, c)
	r := httptest.NewRequestWithContext(ctx, c.Method, c.To, bytes.NewReader(body))
	r.RequestURI = "" // a client request must not carry one
	contentType := c.ContentType
	if contentType == "" {
		contentType = `application/soap+xml; charset=UTF-8; action="` + c.Action + `"`
	}
	r.Header.Set("Content-Type", contentType)
	return probe.Do(p.client, r)
}

// Must is Do for a call that has to be answered.
func (p *Probe) Must(t *testing.T, c Call) Answer {
	t.Helper()
	answer, err := p.Do(t, c)
	if err != nil {
		t.Fatal(err)
	}
	return read(t, answer)
}

func (p *Probe) envelope(t *testing.T, c Call) []byte {
	t.Helper()
	var header strings.Builder
	for _, h := range []struct{ name, value string }{{"Action", c.Action}, {"MessageID", MessageID}, {"To", c.To}} {
		if h.name != c.Omit {
			fmt.Fprintf(&header, `<wsa:%s>%s</wsa:%[1]s>`, h.name, h.value)
		}
	}
	header.WriteString(c.Header)
	if c.Assertion != "" {
		header.WriteString(`<wsse:Security xmlns:wsse="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd" env:mustUnderstand="true">` +
			p.Signed(t, c) + `</wsse:Security>`)
	}
	return []byte(`<?xml version="1.0" encoding="UTF-8"?><env:Envelope xmlns:env="http://www.w3.org/2003/05/soap-envelope" xmlns:wsa="http://www.w3.org/2005/08/addressing"><env:Header>` +
		header.String() + `</env:Header><env:Body>` + c.Payload + `</env:Body></env:Envelope>`)
}

// Signed signs the assertion by the key of the access.
func (p *Probe) Signed(t *testing.T, c Call) string {
	t.Helper()
	if c.Unsigned {
		return c.Assertion
	}
	pair, err := tls.X509KeyPair([]byte(p.Access.SigningCertPEM), []byte(p.Access.SigningKeyPEM))
	if err != nil {
		t.Fatal(err)
	}
	context, err := dsig.NewSigningContext(pair.PrivateKey.(*rsa.PrivateKey), pair.Certificate)
	if err != nil {
		t.Fatal(err)
	}
	context.Canonicalizer = dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList("")
	context.IdAttribute = "ID"
	doc := etree.NewDocument()
	if err := doc.ReadFromString(c.Assertion); err != nil {
		t.Fatal(err)
	}
	signature, err := context.ConstructSignature(doc.Root(), true)
	if err != nil {
		t.Fatal(err)
	}
	doc.Root().InsertChildAt(1, signature) // after the issuer, where the SAML schema has it
	text, err := doc.WriteToString()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// Answer is an answer taken apart.
type Answer struct {
	probe.Answer
	// Envelope is the message, Body the one element of its body. Nil where the answer is no message.
	Envelope, Body *etree.Element
	// XML is the message's bytes, Parts the attachments by Content-ID without brackets.
	XML   []byte
	Parts map[string][]byte
}

func read(t *testing.T, a probe.Answer) Answer {
	t.Helper()
	answer := Answer{Answer: a, XML: a.Body}
	media, params, err := mime.ParseMediaType(a.Header.Get("Content-Type"))
	if err != nil {
		t.Fatalf("content type %q: %v", a.Header.Get("Content-Type"), err)
	}
	if media == "multipart/related" {
		answer.Parts = parts(t, a.Body, params["boundary"])
		root := strings.Trim(params["start"], "<>")
		answer.XML = answer.Parts[root]
		delete(answer.Parts, root)
	}
	doc := etree.NewDocument()
	if err := doc.ReadFromBytes(answer.XML); err != nil || doc.Root() == nil || doc.Root().Tag != "Envelope" {
		return answer
	}
	answer.Envelope = doc.Root()
	answer.Body = answer.Envelope.FindElement("./Body").ChildElements()[0]
	return answer
}

func parts(t *testing.T, body []byte, boundary string) map[string][]byte {
	t.Helper()
	found := map[string][]byte{}
	reader := multipart.NewReader(bytes.NewReader(body), boundary)
	for {
		part, err := reader.NextRawPart()
		if err != nil {
			return found
		}
		content, err := io.ReadAll(part)
		if err != nil {
			return found // a truncated one is for the test to miss
		}
		found[strings.Trim(part.Header.Get("Content-ID"), "<>")] = content
	}
}

// Find gives the attribute of the first element of that name, or "".
func (a Answer) Find(tag, attribute string) string {
	if e := a.Envelope.FindElement(".//" + tag); e != nil {
		return e.SelectAttrValue(attribute, "")
	}
	return ""
}
