package config

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Duration is a stretch of time, written "1500ms", "10s" or "2m".
type Duration struct {
	time.Duration
}

// UnmarshalText reads a duration.
func (d *Duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	if err != nil || v < 0 {
		return fmt.Errorf("want a duration with its unit, such as 10s, 1500ms or 2m")
	}
	d.Duration = v
	return nil
}

// MarshalText writes a duration as it is read.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// Size is a number of bytes, written "4096", "256KiB" or "4MiB".
type Size int64

const maxSize = 1 << 40

// UnmarshalText reads a size.
func (s *Size) UnmarshalText(text []byte) error {
	number, unit := string(text), int64(1)
	for suffix, bytes := range map[string]int64{"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30} {
		if rest, ok := strings.CutSuffix(number, suffix); ok {
			number, unit = strings.TrimSpace(rest), bytes
		}
	}
	v, err := strconv.ParseInt(number, 10, 64)
	if err != nil || v < 0 || v > maxSize/unit {
		return fmt.Errorf("want a size in bytes, such as 4096, 256KiB or 4MiB")
	}
	*s = Size(v * unit)
	return nil
}

// MarshalText writes a size as it is read.
func (s Size) MarshalText() ([]byte, error) {
	switch {
	case s > 0 && s%(1<<20) == 0:
		return fmt.Appendf(nil, "%dMiB", s>>20), nil
	case s > 0 && s%(1<<10) == 0:
		return fmt.Appendf(nil, "%dKiB", s>>10), nil
	}
	return strconv.AppendInt(nil, int64(s), 10), nil
}
