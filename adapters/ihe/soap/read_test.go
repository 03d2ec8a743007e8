package soap_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/openlhcr/openlhcr/adapters/ihe/soap"
)

const (
	soap12 = "http://www.w3.org/2003/05/soap-envelope"
	soap11 = "http://schemas.xmlsoap.org/soap/envelope/"
	xop    = `<x:Include xmlns:x="http://www.w3.org/2004/08/xop/include" href="%s"/>`
)

func envelope(space, header, body string) string {
	return `<s:Envelope xmlns:s="` + space + `" xmlns:a="http://www.w3.org/2005/08/addressing"><s:Header>` + header +
		`</s:Header><s:Body>` + body + `</s:Body></s:Envelope>`
}

func document(content string) string {
	return envelope(soap12, "", "<R><Document>"+content+"</Document></R>")
}

func including(href string) string { return document(strings.Replace(xop, "%s", href, 1)) }

// message is a multipart message: its root part and others, each with its header lines.
func message(boundary string, parts ...string) string {
	return "--" + boundary + "\r\n" + strings.Join(parts, "\r\n--"+boundary+"\r\n") + "\r\n--" + boundary + "--\r\n"
}

func part(headers, body string) string { return headers + "\r\n\r\n" + body }

const (
	related  = `multipart/related; type="application/xop+xml"; boundary=b1; start="<root@x>"`
	rootHead = "Content-Type: application/xop+xml\r\nContent-ID: <root@x>"
)

func TestContentOfADocument(t *testing.T) {
	for name, c := range map[string]struct{ contentType, body, want string }{
		"in line":                   {"application/soap+xml", document("aGVs\n bG8="), "hello"},
		"in line without padding":   {"application/soap+xml", document("aGVsbG8"), "hello"},
		"in SOAP 1.1":               {"text/xml", strings.Replace(document("aGVsbG8="), soap12, soap11, 1), "hello"},
		"labelled wrongly":          {"text/html", document("aGVsbG8="), "hello"},
		"not labelled":              {"", document("aGVsbG8="), "hello"},
		"empty":                     {"", document(""), ""},
		"a part":                    {related, message("b1", part(rootHead, including("cid:d1@x")), part("Content-ID: <d1@x>\r\nContent-Transfer-Encoding: binary", "hel\r\nlo")), "hel\r\nlo"},
		"escaped":                   {related, message("b1", part(rootHead, including("cid:urn%3Auuid%3A7%2B1@x")), part("content-id: <urn:uuid:7+1@x>", "hello")), "hello"},
		"not escaped":               {related, message("b1", part(rootHead, including("cid:50%off@x")), part("Content-ID: <50%off@x>", "hello")), "hello"},
		"a part in base64":          {related, message("b1", part(rootHead, including("cid:d1")), part("Content-ID: <d1>\r\nContent-Transfer-Encoding: Base64", "aGVs\r\nbG8=")), "hello"},
		"a part in printable":       {related, message("b1", part(rootHead, including("cid:d1")), part("Content-ID: <d1>\r\nContent-Transfer-Encoding: quoted-printable", "h=65llo")), "hello"},
		"folded header":             {related, message("b1", part(rootHead, including("cid:d1")), part("Content-ID:\r\n <d1>", "hello")), "hello"},
		"root not first":            {related, message("b1", part("Content-ID: <d1>", "hello"), part(rootHead, including("cid:d1"))), "hello"},
		"start names nobody":        {strings.Replace(related, "root@x", "other", 1), message("b1", part(rootHead, including("cid:d1")), part("Content-ID: <d1>", "hello")), "hello"},
		"boundary within a part":    {related, message("b1", part(rootHead, including("cid:d1")), part("Content-ID: <d1>", "--b1x\r\nhe --b1 llo")), "--b1x\r\nhe --b1 llo"},
		"boundary within a line":    {related, message("b1", part(rootHead, including("cid:d1")), part("Content-ID: <d1>", "he --b1\r\nllo")), "he --b1\r\nllo"},
		"without a boundary":        {"multipart/related", message("b1", part(rootHead, including("cid:d1")), part("Content-ID: <d1>", "hello")), "hello"},
		"labelled as XML":           {"application/soap+xml", message("b1", part(rootHead, including("cid:d1")), part("Content-ID: <d1>", "hello")), "hello"},
		"with a preamble":           {related, "This is MIME.\r\n" + message("b1", part(rootHead, including("cid:d1")), part("Content-ID: <d1>", "hello")), "hello"},
		"with plain line breaks":    {related, strings.ReplaceAll(message("b1", part(rootHead, including("cid:d1")), part("Content-ID: <d1>", "hello")), "\r\n", "\n"), "hello"},
		"the same part twice":       {related, message("b1", part(rootHead, including("cid:d1")), part("Content-ID: <d1>", "hello"), part("Content-ID: <d1>", "hello")), "hello"},
		"nothing but line breaks":   {related, message("b1", part(rootHead, including("cid:d1")), part("Content-ID: <d1>", "\r\n")), "\r\n"},
		"boundary in quotes and \\": {`multipart/related; boundary="b 1=?"`, message("b 1=?", part(rootHead, including("cid:d1")), part("Content-ID: <d1>", "hello")), "hello"},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := soap.Read(c.contentType, []byte(c.body))
			if err != nil {
				t.Fatal(err)
			}
			got, err := m.Content(m.Body.Child("Document"))
			if err != nil || string(got) != c.want {
				t.Errorf("%q, %v; want %q", got, err, c.want)
			}
		})
	}
}

func TestContentThatCannotBeTold(t *testing.T) {
	for name, c := range map[string]struct {
		body string
		want soap.Kind
	}{
		"names no part":             {message("b1", part(rootHead, including("cid:d2")), part("Content-ID: <d1>", "hello")), soap.KindPart},
		"names an address":          {message("b1", part(rootHead, including("https://elsewhere.invalid/d1"))), soap.KindPart},
		"of two that differ":        {message("b1", part(rootHead, including("cid:d1")), part("Content-ID: <d1>", "hello"), part("Content-ID: <d1>", "other")), soap.KindPart},
		"no base64":                 {document("hello!"), soap.KindMalformed},
		"in an unknown encoding":    {message("b1", part(rootHead, including("cid:d1")), part("Content-ID: <d1>\r\nContent-Transfer-Encoding: x-own", "hello")), soap.KindMalformed},
		"in a message of one part":  {including("cid:d1"), soap.KindPart},
		"base64 of a part is wrong": {message("b1", part(rootHead, including("cid:d1")), part("Content-ID: <d1>\r\nContent-Transfer-Encoding: base64", "?")), soap.KindMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := soap.Read(related, []byte(c.body))
			if err != nil {
				t.Fatal(err)
			}
			_, err = m.Content(m.Body.Child("Document"))
			wantKind(t, err, c.want)
		})
	}
}

func TestMessagesThatAreNone(t *testing.T) {
	whole := message("b1", part(rootHead, including("cid:d1")), part("Content-ID: <d1>", "hello"))
	for name, c := range map[string]struct {
		body string
		want soap.Kind
	}{
		"nothing":            {"", soap.KindMalformed},
		"words":              {"Bad gateway", soap.KindMalformed},
		"a page":             {"<html><body>Sorry</body></html>", soap.KindMalformed},
		"JSON":               {`{"a":1}`, soap.KindMalformed},
		"an entity":          {`<!DOCTYPE s [<!ENTITY e "x">]>` + document("&e;"), soap.KindMalformed},
		"half of the XML":    {document("aGVsbG8=")[:90], soap.KindTruncated},
		"no body":            {`<s:Envelope xmlns:s="` + soap12 + `"/>`, soap.KindMalformed},
		"an empty body":      {envelope(soap12, "", ""), soap.KindMalformed},
		"another envelope":   {strings.Replace(document(""), soap12, "urn:other", 1), soap.KindMalformed},
		"cut in the last":    {whole[:len(whole)-9], soap.KindTruncated},
		"cut in a header":    {whole[:strings.Index(whole, "<d1>")], soap.KindTruncated},
		"no part at all":     {"--b1--\r\n", soap.KindMalformed},
		"too many parts":     {message("b1", strings.Split(strings.Repeat(part("A: b", "c")+"\x00", 1001)+part("A: b", "c"), "\x00")...), soap.KindTooLarge},
		"a header too long":  {message("b1", part("A: "+strings.Repeat("b", 20<<10), "c")), soap.KindTooLarge},
		"too many headers":   {message("b1", part(strings.Repeat("A: b\r\n", 40), "c")), soap.KindTooLarge},
		"deeper than read":   {document(strings.Repeat("<a>", 100) + strings.Repeat("</a>", 100)), soap.KindTooLarge},
		"a fault":            {envelope(soap12, "", `<s:Fault><s:Code><s:Value>s:Receiver</s:Value></s:Code></s:Fault>`), soap.KindReceiver},
		"a fault of ours":    {envelope(soap12, "", `<s:Fault><s:Code><s:Value>s:Sender</s:Value></s:Code></s:Fault>`), soap.KindSender},
		"a refusal":          {envelope(soap12, "", `<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>wsse:FailedAuthentication</s:Value></s:Subcode></s:Code></s:Fault>`), soap.KindRefused},
		"busy":               {envelope(soap12, "", `<s:Fault><s:Code><s:Value>s:Receiver</s:Value><s:Subcode><s:Value>a:EndpointUnavailable</s:Value></s:Subcode></s:Code></s:Fault>`), soap.KindBusy},
		"a header not known": {envelope(soap12, "", `<s:Fault><s:Code><s:Value>s:MustUnderstand</s:Value></s:Code></s:Fault>`), soap.KindSender},
		"a fault of 1.1":     {envelope(soap11, "", `<s:Fault><faultcode>s:Client.Authentication</faultcode><faultstring>no</faultstring></s:Fault>`), soap.KindSender},
		"a server's of 1.1":  {envelope(soap11, "", `<s:Fault><faultcode>s:Server</faultcode></s:Fault>`), soap.KindReceiver},
		"a refusal of 1.1":   {envelope(soap11, "", `<s:Fault><faultcode>wsse:InvalidSecurity</faultcode></s:Fault>`), soap.KindRefused},
		"an empty fault":     {envelope(soap12, "", `<s:Fault/>`), soap.KindReceiver},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := soap.Read(related, []byte(c.body))
			wantKind(t, err, c.want)
		})
	}
}

func wantKind(t *testing.T, err error, want soap.Kind) {
	t.Helper()
	var told *soap.Error
	if !errors.As(err, &told) || told.Kind != want {
		t.Fatalf("%v, want kind %d", err, want)
	}
	if told.IsFault() != (want >= soap.KindSender) || told.Error() == "" {
		t.Errorf("fault %v, %q", told.IsFault(), told.Error())
	}
}

func TestWhoseAnswerItIs(t *testing.T) {
	const id = "0b7d9a3c-52a4-4c39-9d0b-6f1f1a2b3c4d"
	for name, c := range map[string]struct {
		header string
		ours   bool
	}{
		"ours":              {"<a:RelatesTo>urn:uuid:" + id + "</a:RelatesTo>", true},
		"ours in capitals":  {"<a:RelatesTo> URN:UUID:" + strings.ToUpper(id) + "\n</a:RelatesTo>", true},
		"ours without urn":  {"<a:RelatesTo>" + id + "</a:RelatesTo>", true},
		"ours among others": {"<a:RelatesTo RelationshipType='urn:x'>urn:uuid:1</a:RelatesTo><a:RelatesTo>urn:uuid:" + id + "</a:RelatesTo>", true},
		"nobody's":          {"", true},
		"another's":         {"<a:RelatesTo>urn:uuid:1b7d9a3c-52a4-4c39-9d0b-6f1f1a2b3c4d</a:RelatesTo>", false},
		"an empty one":      {"<a:RelatesTo/>", false},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := soap.Read("", []byte(envelope(soap12, c.header, "<R/>")))
			if err != nil {
				t.Fatal(err)
			}
			if err := m.Answers(id); (err == nil) != c.ours {
				t.Errorf("%v, want ours: %v", err, c.ours)
			}
		})
	}
}

func TestRequestIsReadAsWhatItIs(t *testing.T) {
	for _, mtom := range []bool{false, true} {
		contentType, body := soap.Request{
			Action: "urn:ihe:iti:2007:RetrieveDocumentSet", To: "https://a.example/x?a=1&b=2", MessageID: "0b7d9a3c-52a4-4c39-9d0b-6f1f1a2b3c4d",
			Assertion: []byte(`<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"/>`), Body: []byte(`<R xmlns="urn:r"/>`), MTOM: mtom,
		}.Encode()
		m, root, err := soap.Parse(contentType, body)
		if err != nil {
			t.Fatal(err)
		}
		if mtom == strings.HasPrefix(contentType, "application/soap+xml") || !strings.Contains(contentType, `action="urn:ihe:iti:2007:RetrieveDocumentSet"`) {
			t.Errorf("content type %s", contentType)
		}
		header := root.Child("Header")
		for name, want := range map[string]string{
			"Action": "urn:ihe:iti:2007:RetrieveDocumentSet", "To": "https://a.example/x?a=1&b=2", "MessageID": "urn:uuid:0b7d9a3c-52a4-4c39-9d0b-6f1f1a2b3c4d",
			"ReplyTo": "http://www.w3.org/2005/08/addressing/anonymous",
		} {
			if got := header.Child(name).Text(); got != want {
				t.Errorf("%s is %q", name, got)
			}
		}
		if header.At("Security", "Assertion") == nil || header.Child("Security").AttrIn(soap12, "mustUnderstand") != "1" {
			t.Error("no assertion that must be understood")
		}
		if root.At("Body", "R").Space != "urn:r" || len(m.XML) == 0 {
			t.Error("the body is another")
		}
	}
}
