package fhirsearch

import (
	"cmp"
	"context"
	"encoding/base64"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/openlhcr/openlhcr/adapters/call"
	"github.com/openlhcr/openlhcr/adapters/documents"
	"github.com/openlhcr/openlhcr/adapters/fhir/decode"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// content is the bytes of a document, checked against what the region lists.
type content struct {
	bytes []byte
	media string
}

// The ways for a document not to come that are no failures of a call.
var (
	errNoContent = status.Error(codes.NotFound, "the region lists the document and gives no content of it")
	errElsewhere = status.Error(codes.FailedPrecondition, "the document is kept at an address that is not the region's")
)

// content gets an attachment's bytes from within it or from its address, at most so many.
func (s *session) content(ctx context.Context, from *model.Attachment, most int64) (content, error) {
	listed := documents.Expected(from)
	if listed.Size > most {
		return content{}, call.TooLarge()
	}
	got, answered, err := s.bytesOf(ctx, from, most)
	switch {
	case err != nil:
		return content{}, err
	case int64(len(got)) > most:
		return content{}, call.TooLarge()
	}
	media, err := listed.Check(got, answered)
	if err != nil {
		return content{}, malformed(status.Convert(err).Message())
	}
	return content{bytes: got, media: media}, nil
}

func (s *session) bytesOf(ctx context.Context, from *model.Attachment, most int64) (got []byte, answered string, err error) {
	if from.Data != "" {
		got, failure := decoded(from.Data)
		return got, "", orNil(failure)
	}
	at, err := s.documentURL(strings.TrimSpace(from.URL))
	if err != nil {
		return nil, "", err
	}
	came, failure := s.do(ctx, exchange{method: http.MethodGet, url: at, accept: acceptOf(from.ContentType), limit: base64Of(most)})
	if failure != nil {
		return nil, "", failure
	}
	return unwrapped(came, from.ContentType)
}

// orNil keeps a nil failure a nil error.
func orNil(f *Failure) error {
	if f == nil {
		return nil
	}
	return f
}

// base64Of is the largest answer that can hold so many bytes: base64 within a Binary.
func base64Of(most int64) int64 { return most/3*4 + 64<<10 }

// documentURL reads an address relative to the region's base, as FHIR has it. It must be
// one that the deployment knows for the region's.
func (s *session) documentURL(raw string) (*url.URL, error) {
	ref, err := url.Parse(raw)
	switch {
	case raw == "":
		return nil, errNoContent
	case err != nil:
		return nil, malformed("the document's address cannot be read")
	}
	if !s.known(s.resolve(ref)) {
		return nil, errElsewhere
	}
	return s.resolve(ref), nil
}

func (c *client) resolve(ref *url.URL) *url.URL {
	if ref.IsAbs() || strings.HasPrefix(ref.Path, "/") || ref.Host != "" {
		return c.base.ResolveReference(ref)
	}
	at := c.base.JoinPath(ref.Path)
	at.RawQuery = ref.RawQuery
	return at
}

// acceptOf asks for the advertised bytes, not for a Binary resource around them.
func acceptOf(contentType string) string {
	if media, _, err := mime.ParseMediaType(contentType); err == nil && strings.Contains(media, "/") {
		return media
	}
	return "*/*"
}

// unwrapped is the bytes of an answer and their type, out of the Binary resource around them
// if there is one.
func unwrapped(came reply, advertised string) ([]byte, string, error) {
	media, _, _ := mime.ParseMediaType(came.header.Get("Content-Type"))
	inJSON := strings.HasSuffix(media, "json") && !strings.HasSuffix(acceptOf(advertised), "json")
	inXML := strings.HasSuffix(media, "xml") && decode.FormatOf(came.body) == decode.FormatFHIRXML
	if !inJSON && !inXML {
		return came.body, came.header.Get("Content-Type"), nil
	}
	binary, ok := resourceOf(came.body).(*model.Binary)
	if !ok {
		return nil, "", malformed("the region's answer is not the document")
	}
	got, failure := decoded(binary.Data)
	return got, cmp.Or(binary.ContentType, advertised), orNil(failure)
}

func decoded(data string) ([]byte, *Failure) {
	raw, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(data), ""))
	if err != nil {
		return nil, malformed("the document's content is damaged")
	}
	return raw, nil
}
