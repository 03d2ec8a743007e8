package documents

import (
	"strconv"
	"strings"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
)

// noBytes is the SHA-1 of no bytes at all, in hex and in base64. It stands where a list
// knows no hash (IHE, documents that are made on demand).
const (
	noBytesHex    = "da39a3ee5e6b4b0d3255bfef95601890afd80709"
	noBytesBase64 = "2jmj7l5rSw0yVb/vlWAYkK/YBwk="
)

// Expected is what a list says of an attachment (FHIR Attachment.contentType, size, hash):
// what is fetched must be that.
func Expected(a *model.Attachment) adapters.ListedDocument {
	out := adapters.ListedDocument{MediaType: a.ContentType}
	if n, err := strconv.ParseInt(string(a.Size), 10, 64); err == nil && n > 0 {
		out.Size = n
	}
	if hash := strings.TrimSpace(a.Hash); !strings.EqualFold(hash, noBytesHex) && hash != noBytesBase64 {
		out.Hash = hash
	}
	return out
}
