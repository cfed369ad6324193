package ical

import (
	"strconv"
	"strings"
)

// colours are CSS names (RFC 7986 5.9 allows nothing else) with their values,
// spread widely enough that every colour has a relative among them.
var colours = map[string]uint32{
	"black": 0x000000, "dimgray": 0x696969, "gray": 0x808080, "silver": 0xc0c0c0, "white": 0xffffff,
	"maroon": 0x800000, "firebrick": 0xb22222, "red": 0xff0000, "tomato": 0xff6347, "salmon": 0xfa8072,
	"saddlebrown": 0x8b4513, "chocolate": 0xd2691e, "orange": 0xffa500, "gold": 0xffd700, "yellow": 0xffff00,
	"khaki": 0xf0e68c, "olive": 0x808000, "darkgreen": 0x006400, "green": 0x008000, "seagreen": 0x2e8b57,
	"limegreen": 0x32cd32, "lime": 0x00ff00, "palegreen": 0x98fb98, "teal": 0x008080, "turquoise": 0x40e0d0,
	"cyan": 0x00ffff, "skyblue": 0x87ceeb, "steelblue": 0x4682b4, "royalblue": 0x4169e1, "blue": 0x0000ff,
	"navy": 0x000080, "midnightblue": 0x191970, "indigo": 0x4b0082, "purple": 0x800080, "orchid": 0xda70d6,
	"magenta": 0xff00ff, "hotpink": 0xff69b4, "crimson": 0xdc143c, "plum": 0xdda0dd, "slategray": 0x708090,
}

// colour gives a CSS name and the value of a colour that is given as either:
// for #RRGGBB the nearest name. Both are empty for anything else.
func colour(s string) (name, hex string) {
	s = strings.ToLower(strings.TrimSpace(s))
	if rgb, ok := colours[s]; ok {
		return s, "#" + hex6(rgb)
	}
	digits, ok := strings.CutPrefix(s, "#")
	rgb, err := strconv.ParseUint(digits, 16, 32)
	if !ok || err != nil || len(digits) != 6 {
		return "", ""
	}
	return nearest(uint32(rgb)), "#" + hex6(uint32(rgb))
}

func hex6(rgb uint32) string {
	return strings.ToUpper(strconv.FormatUint(uint64(rgb)|1<<24, 16)[1:])
}

func nearest(rgb uint32) string {
	best, least := "", 1<<30
	for name, other := range colours {
		d := distance(rgb, other)
		if d < least || d == least && name < best {
			best, least = name, d
		}
	}
	return best
}

func distance(a, b uint32) int {
	sum := 0
	for shift := 0; shift < 24; shift += 8 {
		d := int(a>>shift&0xff) - int(b>>shift&0xff)
		sum += d * d
	}
	return sum
}
