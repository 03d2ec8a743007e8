package rest

import (
	"regexp"
	"strings"
	"testing"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// FuzzUnreadableBody: whatever the bytes, the error repeats no number of them and
// no string value, and says INVALID_ARGUMENT.
func FuzzUnreadableBody(f *testing.F) {
	for _, seed := range []string{
		`{"patient": {"nhsNumber": 9990000018}}`, `{"patient": {"nhsNumber": "9990000018"`, `{"9990000018": 1}`,
		`{"access": {"basis": "9990000018"}}`, `{"window": {"from": "9990000018"}}`, `{"patient": {"nhsNumber": "9990000018"}} 9990000018`,
		`{"includeSource": true, "includeSource": false}`, `[9990000018]`, "\xff9990000018", `{"sections": [9990000018]}`,
	} {
		f.Add([]byte(seed))
	}
	digits := regexp.MustCompile(`[0-9]{5,}`)
	f.Fuzz(func(t *testing.T, data []byte) {
		err := newCodec().Unmarshal(data, &lhcrv1.GetRecordRequest{})
		if err == nil {
			return
		}
		if status.Code(err) != codes.InvalidArgument {
			t.Errorf("code %v", status.Code(err))
		}
		said := strings.ReplaceAll(err.Error(), "2026-11-21T09:30:00Z", "")
		if found := digits.FindString(said); found != "" && len(data) < 10_000 {
			t.Errorf("the error says %q: %s", found, said)
		}
	})
}
