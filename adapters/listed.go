package adapters

import (
	"bytes"
	"crypto/sha1" // which FHIR and XDS list: it guards against damage, not against forgery
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// ListedDocument is what a region's record says of one content of a document before
// anybody has fetched it: FHIR Attachment.contentType, size and hash; XDS mimeType, size
// and hash.
type ListedDocument struct {
	// MediaType as listed. Empty where it lists none.
	MediaType string
	// Size in bytes, before any encoding. 0 where it lists none.
	Size int64
	// Hash as listed: SHA-1, as FHIR and XDS have it, or SHA-256, in base64 or hex. Empty
	// where it lists none.
	Hash string
}

// Check says whether bytes that came are the document that was listed, and what their
// media type is; answered is the type that came with them. DATA_LOSS when they are not
// what the type says, or when size or hash differ. A hash that is none is passed over.
func (l ListedDocument) Check(content []byte, answered string) (mediaType string, err error) {
	mediaType, err = DocumentType(content, l.MediaType, answered)
	switch {
	case err != nil:
		return "", err
	case l.Size > 0 && l.Size != int64(len(content)):
		return "", status.Error(codes.DataLoss, "the document is not of the size that the record lists")
	case !l.hashFits(content):
		return "", status.Error(codes.DataLoss, "the document's bytes are not those that the record lists")
	}
	return mediaType, nil
}

func (l ListedDocument) hashFits(content []byte) bool {
	listed := digest(l.Hash)
	switch len(listed) {
	case sha1.Size:
		sum := sha1.Sum(content)
		return bytes.Equal(sum[:], listed)
	case sha256.Size:
		sum := sha256.Sum256(content)
		return bytes.Equal(sum[:], listed)
	}
	return true
}

// digest reads a hash as systems write it: in hex, in base64, or in base64 of the hex.
func digest(hash string) []byte {
	hash = strings.TrimSpace(hash)
	if raw, err := hex.DecodeString(hash); err == nil && isDigest(raw) {
		return raw
	}
	raw, err := base64.StdEncoding.DecodeString(hash)
	if err != nil {
		return nil
	}
	if inner, err := hex.DecodeString(string(raw)); err == nil && isDigest(inner) {
		return inner
	}
	return raw
}

func isDigest(raw []byte) bool { return len(raw) == sha1.Size || len(raw) == sha256.Size }
