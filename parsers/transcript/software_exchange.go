package transcript

import (
	"strconv"
	"strings"
)

// exchangeBuild is the first build of a release of Exchange. The builds are
// those of KB 158530 and of "Exchange Server build numbers and release dates".
type exchangeBuild struct {
	major, minor, build int
	name                string
}

// exchangeBuilds are in order: a version belongs to the last one that is not
// above it.
var exchangeBuilds = []exchangeBuild{
	{4, 0, 837, "4.0"}, {4, 0, 838, "4.0 SP1"}, {4, 0, 993, "4.0 SP2"}, {4, 0, 994, "4.0 SP3"}, {4, 0, 995, "4.0 SP4"}, {4, 0, 996, "4.0 SP5"},
	{5, 0, 1457, "5.0"}, {5, 0, 1458, "5.0 SP1"}, {5, 0, 1460, "5.0 SP2"},
	{5, 5, 1960, "5.5"}, {5, 5, 2232, "5.5 SP1"}, {5, 5, 2448, "5.5 SP2"}, {5, 5, 2650, "5.5 SP3"}, {5, 5, 2653, "5.5 SP4"},
	{6, 0, 4417, "2000"}, {6, 0, 4712, "2000 SP1"}, {6, 0, 5762, "2000 SP2"}, {6, 0, 6249, "2000 SP3"},
	{6, 5, 6944, "2003"}, {6, 5, 7226, "2003 SP1"}, {6, 5, 7638, "2003 SP2"},
	{8, 0, 0, "2007"}, {8, 1, 0, "2007 SP1"}, {8, 2, 0, "2007 SP2"}, {8, 3, 0, "2007 SP3"},
	{14, 0, 0, "2010"}, {14, 1, 0, "2010 SP1"}, {14, 2, 0, "2010 SP2"}, {14, 3, 0, "2010 SP3"},
	{15, 0, 0, "2013"}, {15, 1, 0, "2016"}, {15, 2, 0, "2019"}, {15, 2, 2562, "SE"}, {15, 20, 0, "Online"},
}

// release names the release of Exchange by its build number, with the service
// pack where the number tells it; "" if it is of none.
func release(version string) string {
	var n [3]int
	parts := strings.Split(version, ".")
	for i := 0; i < len(parts) && i < 3; i++ {
		v, err := strconv.Atoi(parts[i])
		if err != nil {
			break
		}
		n[i] = v
	}
	name := ""
	for _, b := range exchangeBuilds {
		if b.major != n[0] || b.minor != n[1] {
			continue
		}
		if name == "" {
			name, _, _ = strings.Cut(b.name, " ") // of a build before the first or unknown
			if b.build <= 1 {
				name = b.name
			}
		}
		if n[2] >= b.build {
			name = b.name
		}
	}
	return name
}
