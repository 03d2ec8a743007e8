package adapters_test

import (
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/openlhcr/openlhcr/adapters"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

const (
	pdf       = "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj"
	png       = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
	jpeg      = "\xff\xd8\xff\xe0\x00\x10JFIF"
	tiff      = "II*\x00\x08\x00\x00\x00"
	rtf       = `{\rtf1\ansi Discharged home.}`
	zipped    = "PK\x03\x04\x14\x00\x06\x00a.txt"
	docx      = "PK\x03\x04\x14\x00\x06\x00[Content_Types].xml......PK\x03\x04word/document.xml"
	gz        = "\x1f\x8b\x08\x00\x00\x00\x00\x00"
	ole       = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00\x00"
	errorHTML = "\n<!DOCTYPE html>\n<html><head><title>502</title></head></html>"
	xhtml     = `<?xml version="1.0"?><!-- letter --><!DOCTYPE html PUBLIC "x"><html xmlns="http://www.w3.org/1999/xhtml"/>`
	cda       = "\ufeff" + `<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3"/>`
	words     = "Dear doctor,\r\n\tmargaret went home with \xa320 of change."
	binary    = "\x00\x01\x02\x03 letters \x00"
)

// wide is a text in UTF-16, little end first.
func wide(text string) string {
	b := []byte("\xff\xfe")
	for _, unit := range utf16.Encode([]rune(text)) {
		b = append(b, byte(unit), byte(unit>>8))
	}
	return string(b)
}

func TestADocumentIsWhatItsMediaTypeSays(t *testing.T) {
	for name, tt := range map[string]struct{ content, said, want string }{
		"a PDF":                         {pdf, "application/pdf", "application/pdf"},
		"a PDF behind a few bytes":      {"\r\n\x00junk" + pdf, "application/pdf", "application/pdf"},
		"a PDF by its old name":         {pdf, "Application/X-PDF", "application/x-pdf"},
		"a PNG":                         {png, "image/png", "image/png"},
		"a JPEG by its other name":      {jpeg, "image/jpg", "image/jpg"},
		"a TIFF":                        {tiff, "image/tiff", "image/tiff"},
		"an RTF":                        {rtf, "text/rtf", "text/rtf"},
		"an RTF of Word":                {rtf, "application/msword", "application/msword"},
		"a new file of Word, old name":  {docx, "application/msword", "application/msword"},
		"one under a password":          {ole, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
		"a CDA":                         {cda, "text/xml; charset=UTF-8", "text/xml; charset=utf-8"},
		"a CDA by its own name":         {cda, "application/hl7-cda+xml", "application/hl7-cda+xml"},
		"a CDA in UTF-16":               {wide(cda[3:]), "application/xml", "application/xml"},
		"XHTML as XML":                  {xhtml, "application/xml", "application/xml"},
		"a page":                        {errorHTML, "text/html", "text/html"},
		"part of a page":                {"Seen <b>today</b>", "text/html", "text/html"},
		"a letter":                      {words, "text/plain", "text/plain"},
		"a letter in UTF-16":            {wide("Dear doctor"), "text/plain", "text/plain"},
		"JSON":                          {`{"a":1}`, "application/fhir+json", "application/fhir+json"},
		"of a type nobody knows":        {binary, "application/x-scan", "application/x-scan"},
		"a PDF of no type":              {pdf, "", "application/pdf"},
		"a PDF of a general type":       {pdf, "application/octet-stream", "application/pdf"},
		"a PDF of any type":             {pdf, "*/*", "application/pdf"},
		"a PDF of half a type":          {pdf, "pdf", "application/pdf"},
		"a PDF of a broken type":        {pdf, "application/ pdf; =", "application/pdf"},
		"an RTF of no type":             {rtf, "", "application/rtf"},
		"a file of Word of no type":     {docx, "binary/octet-stream", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
		"an archive of no type":         {zipped, "", "application/zip"},
		"a GZIP of no type":             {gz, "", "application/gzip"},
		"a page of no type":             {errorHTML, "", "text/html"},
		"a CDA of no type":              {cda, "", "application/xml"},
		"a letter of no type":           {words, "", "text/plain"},
		"bytes of no type":              {binary, "", "application/octet-stream"},
		"text and then bytes, untyped":  {strings.Repeat("letter ", 100) + "\x00", "", "application/octet-stream"},
		"a picture of DICOM of no type": {strings.Repeat("\x00", 128) + "DICM\x02", "", "application/dicom"},
		"a bitmap of no type":           {"BM\x36\x00\x00\x00", "", "image/bmp"},
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := adapters.DocumentType([]byte(tt.content), tt.said); err != nil || got != tt.want {
				t.Errorf("%q (%v), want %q", got, err, tt.want)
			}
		})
	}
}

func TestADocumentThatIsNotWhatItsMediaTypeSays(t *testing.T) {
	for name, tt := range map[string]struct {
		content string
		said    []string
	}{
		"a page of an error as a PDF":           {errorHTML, []string{"application/pdf"}},
		"a page of an error as a letter":        {errorHTML, []string{"text/plain"}},
		"a page of an error as a CDA":           {errorHTML, []string{"text/xml"}},
		"a page of an error as JSON":            {errorHTML, []string{"application/json"}},
		"a page of an error as something":       {errorHTML, []string{"application/x-scan"}},
		"a page in UTF-16 as a PDF":             {wide("<html></html>"), []string{"application/pdf"}},
		"a page behind a comment":               {"<!-- proxy --><html>", []string{"text/plain"}},
		"a page under its own type, listed PDF": {errorHTML, []string{"application/pdf", "text/html"}},
		"a text as a PDF":                       {words, []string{"application/pdf"}},
		"a PDF in base64":                       {base64.StdEncoding.EncodeToString([]byte(pdf)), []string{"application/pdf"}},
		"a PNG as a JPEG":                       {png, []string{"image/jpeg"}},
		"a PDF as a text":                       {pdf, []string{"text/plain"}},
		"a PDF as XML":                          {pdf, []string{"text/xml"}},
		"a PDF as a page":                       {pdf, []string{"text/html"}},
		"an archive as a file of RTF":           {docx, []string{"application/rtf"}},
		"bytes as a text":                       {binary, []string{"text/plain"}},
		"a byte at the end of a text":           {strings.Repeat("letter ", 10000) + "\x00", []string{"text/plain"}},
		"a PDF cut before it begins":            {"%PD", []string{"application/pdf"}},
		"nothing as a PDF":                      {"", []string{"application/pdf"}},
		"nothing as nothing":                    {"", nil},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := adapters.DocumentType([]byte(tt.content), tt.said...)
			if status.Code(err) != codes.DataLoss || got != "" {
				t.Errorf("%q (%v), want DATA_LOSS", got, err)
			}
		})
	}
}

func TestWhatIsListedComesBeforeWhatIsAnswered(t *testing.T) {
	got, err := adapters.DocumentType([]byte(cda), "application/octet-stream", "text/xml", "application/xml")
	if err != nil || got != "text/xml" {
		t.Errorf("%q (%v)", got, err)
	}
}

func TestADocumentIsTheOneThatIsListed(t *testing.T) {
	one, two := sha1.Sum([]byte(pdf)), sha256.Sum256([]byte(pdf))
	for name, tt := range map[string]struct {
		listed adapters.ListedDocument
		want   codes.Code
	}{
		"nothing listed":       {adapters.ListedDocument{}, codes.OK},
		"all listed":           {adapters.ListedDocument{MediaType: "application/pdf", Size: int64(len(pdf)), Hash: base64.StdEncoding.EncodeToString(one[:])}, codes.OK},
		"the hash in hex":      {adapters.ListedDocument{Hash: strings.ToUpper(hex.EncodeToString(one[:]))}, codes.OK},
		"SHA-256":              {adapters.ListedDocument{Hash: hex.EncodeToString(two[:])}, codes.OK},
		"base64 of the hex":    {adapters.ListedDocument{Hash: base64.StdEncoding.EncodeToString([]byte(hex.EncodeToString(one[:])))}, codes.OK},
		"a hash that is none":  {adapters.ListedDocument{Hash: "not recorded"}, codes.OK},
		"another type":         {adapters.ListedDocument{MediaType: "image/png"}, codes.DataLoss},
		"another size":         {adapters.ListedDocument{Size: 1}, codes.DataLoss},
		"another hash":         {adapters.ListedDocument{Hash: base64.StdEncoding.EncodeToString(make([]byte, 20))}, codes.DataLoss},
		"another hash in hex":  {adapters.ListedDocument{Hash: strings.Repeat("0", 40)}, codes.DataLoss},
		"another hash, longer": {adapters.ListedDocument{Hash: strings.Repeat("0", 64)}, codes.DataLoss},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := tt.listed.Check([]byte(pdf), "application/octet-stream")
			if status.Code(err) != tt.want || err == nil && got != "application/pdf" {
				t.Errorf("%q (%v), want %v", got, err, tt.want)
			}
		})
	}
}

// letters is an adapter that gives one document.
type letters struct {
	plain
	content, media string
}

func (l letters) FetchDocument(context.Context, *adapterv1.FetchDocumentRequest) (*adapterv1.FetchDocumentResponse, error) {
	return &adapterv1.FetchDocumentResponse{Content: []byte(l.content), MediaType: l.media}, nil
}

func TestEveryAdaptersDocumentsAreChecked(t *testing.T) {
	for name, tt := range map[string]struct {
		letters letters
		code    codes.Code
		media   string
	}{
		"as it says":           {letters{content: pdf, media: "application/pdf"}, codes.OK, "application/pdf"},
		"of no type":           {letters{content: pdf}, codes.OK, "application/pdf"},
		"a page of an error":   {letters{content: errorHTML, media: "application/pdf"}, codes.DataLoss, ""},
		"of no content":        {letters{media: "application/pdf"}, codes.DataLoss, ""},
		"larger than 8 MiB":    {letters{content: strings.Repeat("x", adapters.MaxDocumentBytes+1)}, codes.ResourceExhausted, ""},
		"exactly of the bound": {letters{content: strings.Repeat("x", adapters.MaxDocumentBytes)}, codes.OK, "text/plain"},
	} {
		t.Run(name, func(t *testing.T) {
			tt.letters.plain = plain{id: "smallshire"}
			r, err := adapters.NewRegion(tt.letters)
			if err != nil {
				t.Fatal(err)
			}
			res, err := r.FetchDocument(t.Context(), &adapterv1.FetchDocumentRequest{})
			if status.Code(err) != tt.code || res.GetMediaType() != tt.media {
				t.Errorf("%q (%v), want %q", res.GetMediaType(), err, tt.media)
			}
		})
	}
}

func FuzzDocumentType(f *testing.F) {
	for _, seed := range []string{pdf, png, rtf, docx, errorHTML, xhtml, cda, words, binary, wide("<html>")} {
		f.Add([]byte(seed), "application/pdf")
		f.Add([]byte(seed), "")
	}
	f.Fuzz(func(t *testing.T, content []byte, said string) {
		got, err := adapters.DocumentType(content, said)
		if (got == "") != (err != nil) {
			t.Fatalf("%q, %v", got, err)
		}
		if err != nil {
			return
		}
		if again, err := adapters.DocumentType(content, got); err != nil || again != got {
			t.Errorf("%q is called %q, and then %q (%v)", said, got, again, err)
		}
	})
}
