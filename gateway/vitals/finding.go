package vitals

import (
	"strings"
	"unicode/utf8"

	"github.com/openlhcr/openlhcr/adapters"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

const (
	// mostSteps and mostText bound what is taken over of an adapter's words.
	mostSteps, mostText = 20, 300
)

// read is what a try says of a region. It takes nobody's word for it that all is well:
// a step that failed shows.
func read(regionID string, res *adapterv1.CheckResponse, err error) Finding {
	if err != nil {
		return Finding{RegionID: regionID, Status: ofError(err), Steps: []*lhcrv1.HealthStep{{Name: "check", Message: words(err)}}}
	}
	f := Finding{RegionID: regionID, Status: res.GetStatus()}
	failed := false
	for _, step := range res.GetSteps()[:min(len(res.GetSteps()), mostSteps)] {
		f.Steps = append(f.Steps, &lhcrv1.HealthStep{Name: clean(step.GetName()), Ok: step.GetOk(), Message: clean(step.GetMessage())})
		failed = failed || !step.GetOk()
	}
	switch _, known := lhcrv1.HealthStatus_name[int32(f.Status)]; {
	case !known || f.Status == lhcrv1.HealthStatus_HEALTH_STATUS_UNSPECIFIED:
		f.Status = ofSteps(len(f.Steps), failed)
	case failed && f.Status == lhcrv1.HealthStatus_HEALTH_STATUS_HEALTHY:
		f.Status = lhcrv1.HealthStatus_HEALTH_STATUS_DEGRADED
	}
	return f
}

// ofSteps is the status of an answer that states none: no step at all says nothing.
func ofSteps(steps int, failed bool) lhcrv1.HealthStatus {
	switch {
	case failed:
		return lhcrv1.HealthStatus_HEALTH_STATUS_DOWN
	case steps > 0:
		return lhcrv1.HealthStatus_HEALTH_STATUS_HEALTHY
	}
	return lhcrv1.HealthStatus_HEALTH_STATUS_UNSPECIFIED
}

func ofError(err error) lhcrv1.HealthStatus {
	switch status.Code(err) {
	case codes.PermissionDenied, codes.Unauthenticated, codes.ResourceExhausted:
		return lhcrv1.HealthStatus_HEALTH_STATUS_REFUSING
	}
	return lhcrv1.HealthStatus_HEALTH_STATUS_DOWN
}

func words(err error) string {
	if status.Code(err) == codes.DeadlineExceeded {
		return "it did not answer in time"
	}
	return clean(status.Convert(err).Message())
}

// clean is text of an adapter that may be shown: it names nobody and no address, and is
// on one line.
func clean(text string) string {
	text = strings.Join(strings.Fields(strings.ToValidUTF8(adapters.Scrub(text), "�")), " ")
	if utf8.RuneCountInString(text) <= mostText {
		return text
	}
	return string([]rune(text)[:mostText]) + "…"
}
