package audit

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

const (
	// crowdWindow is the stretch of time whose calls without an actor are counted together.
	crowdWindow = time.Minute
	// crowdSingle is how many of them are still written singly.
	crowdSingle = 20
)

// crowd counts calls without an actor together once they are many, so that a flood
// of them cannot fill the disk. How many there were, of which kind, is written once
// the window is over, with the next such call or when the audit is flushed.
type crowd struct {
	mu      sync.Mutex
	began   time.Time
	ended   time.Time
	single  int
	counted map[faceless]int
}

// faceless is what calls without an actor are told apart by: nothing that a caller can make up.
type faceless struct {
	event             Event
	operation         string
	code, reasonGiven string
}

// gathering is what was counted in a window that is over.
type gathering struct {
	began, ended time.Time
	counted      map[faceless]int
}

// join takes a call. It says whether the call is to be written singly, and what was
// counted in the window before, if that is over.
func (c *crowd) join(call Call, o Outcome) (single bool, over gathering) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.began.IsZero() || o.At.Sub(c.began) >= crowdWindow {
		over = c.rest()
		c.began = o.At
	}
	c.ended = o.At
	if c.single < crowdSingle {
		c.single++
		return true, over
	}
	if c.counted == nil {
		c.counted = map[faceless]int{}
	}
	c.counted[faceless{call.Event, call.Operation, o.Code.String(), o.Reason.String()}]++
	return false, over
}

// leave takes what was counted.
func (c *crowd) leave() gathering {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.rest()
}

func (c *crowd) rest() gathering {
	over := gathering{began: c.began, ended: c.ended, counted: c.counted}
	c.began, c.single, c.counted = time.Time{}, 0, nil
	return over
}

func (l *Lines) writeCrowd(ctx context.Context, g gathering) error {
	for kind, n := range g.counted {
		err := l.write(ctx, slog.LevelWarn, "audit many calls without an actor", []slog.Attr{
			slog.String("event", string(kind.event)),
			slog.String("operation", kind.operation),
			slog.String("actor", "nobody"),
			slog.String("code", kind.code),
			slog.String("reason", kind.reasonGiven),
			slog.Int("count", n),
			slog.Time("from", g.began),
			slog.Time("to", g.ended),
		})
		if err != nil {
			return err
		}
	}
	return nil
}
