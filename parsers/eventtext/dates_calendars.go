package eventtext

// isPersian reports whether a year is of the calendar of Iran, which counts
// from 622: 1402 began in March 2023.
func isPersian(y int16) bool { return y >= 1370 && y < 1415 }

// isHijri reports whether a year is of the Islamic calendar of Arabia: 1445
// began in July 2023.
func isHijri(y int16) bool { return y >= 1415 && y < 1470 }

// persianDate gives the date of the Gregorian calendar. Its leap years follow
// the 33-year cycle, which agrees with the observed calendar from 1244 to 1531.
func persianDate(y, m, d int) (int, int, int, bool) {
	if m < 1 || m > 12 || d < 1 || d > 31 || m > 6 && d > 30 {
		return 0, 0, 0, false
	}
	days := 365*(y-979) + (y-979)/33*8 + ((y-979)%33+3)/4 + 31*(m-1) + d - 1
	if m > 7 {
		days -= m - 7
	}
	const epoch = -135061 // of 979-01-01, which is 1600-03-20, in days from 1970-01-01
	return civil(epoch + days)
}

// civil gives the date of a number of days from 1970-01-01.
func civil(days int) (y, m, d int, ok bool) {
	t := clock{}.at(int64(days))
	return t.Year(), int(t.Month()), t.Day(), true
}
