package guard_test

import (
	"strings"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/gateway/guard"
)

func TestThePolicyIsCheckedBeforeAnythingRuns(t *testing.T) {
	if err := guard.DefaultPolicy().Validate(); err != nil {
		t.Errorf("the default: %v", err)
	}
	tests := map[string]func(*guard.Policy){
		"Timeout":         func(p *guard.Policy) { p.Timeout = 0 },
		"Concurrency":     func(p *guard.Policy) { p.Concurrency = 0 },
		"Queue":           func(p *guard.Policy) { p.Queue = 100_001 },
		"Attempts":        func(p *guard.Policy) { p.Attempts = 6 },
		"RetryWait":       func(p *guard.Policy) { p.RetryWait = -time.Second },
		"RetryPercent":    func(p *guard.Policy) { p.RetryPercent = 101 },
		"Breaker.Percent": func(p *guard.Policy) { p.Breaker.Percent = 0 },
		"Breaker.Calls":   func(p *guard.Policy) { p.Breaker.Calls = 0 },
		"Breaker.Window":  func(p *guard.Policy) { p.Breaker.Window = time.Hour },
		"Breaker.Pause":   func(p *guard.Policy) { p.Breaker.Pause = 0 },
	}
	for field, spoil := range tests {
		p := guard.DefaultPolicy()
		spoil(&p)
		_, err := guard.New(&regional{}, p, guard.Options{})
		if err == nil || !strings.Contains(err.Error(), "guards: "+field+" is ") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: error %v", field, err)
		}
	}
}
