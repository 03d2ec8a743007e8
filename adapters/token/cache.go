package token

import "time"

// maxKept bounds how many tokens are kept: more people than use one gateway within a token's life.
const maxKept = 1024

// refreshMargin is how long before its end a token counts as spent, so that it does not
// end on its way. A short-lived token counts as spent after four fifths of its life.
const refreshMargin = 30 * time.Second

type kept struct {
	value string
	until time.Time
}

// cache keeps tokens. Its owner's lock guards it.
type cache struct {
	byKey map[string]kept
	limit int
}

func newCache() cache { return cache{byKey: map[string]kept{}, limit: maxKept} }

func (c *cache) get(key string, now time.Time) (string, bool) {
	k, ok := c.byKey[key]
	if !ok || !now.Before(k.until) {
		return "", false
	}
	return k.value, true
}

func (c *cache) put(key string, g grant, now time.Time) {
	if g.lifetime <= 0 {
		delete(c.byKey, key)
		return
	}
	if _, ok := c.byKey[key]; !ok && len(c.byKey) >= c.limit {
		c.makeRoom(now)
	}
	c.byKey[key] = kept{value: g.value, until: now.Add(g.lifetime - min(refreshMargin, g.lifetime/5))}
}

// makeRoom drops what has ended and, where nothing has, what ends first.
func (c *cache) makeRoom(now time.Time) {
	first, ended := "", false
	for key, k := range c.byKey {
		if !now.Before(k.until) {
			delete(c.byKey, key)
			ended = true
		} else if first == "" || k.until.Before(c.byKey[first].until) {
			first = key
		}
	}
	if !ended {
		delete(c.byKey, first)
	}
}

func (c *cache) drop(key, value string) {
	if c.byKey[key].value == value {
		delete(c.byKey, key)
	}
}
