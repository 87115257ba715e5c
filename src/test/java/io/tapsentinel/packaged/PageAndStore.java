package io.tapsentinel.packaged;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import io.tapsentinel.event.EventType;
import io.tapsentinel.testing.StoreQueries;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Compares the status page with the stopped store, by separate SQL. */
final class PageAndStore {

    private static final Pattern NUMBER = Pattern.compile("^[\\d,]+");

    private PageAndStore() {}

    /** Rows, duplicates, rejections, requests, progress, hours and reads; one record was rejected. */
    static void assertThatItShows(StoreQueries store, Page page) throws SQLException {
        for (EventType type : EventType.values()) {
            Locator card = page.locator("#tables article").nth(type.ordinal());
            assertThat(numbers(card.locator(".large")))
                    .as("rows of %s", type)
                    .containsExactly(store.number(
                            "SELECT sum(events) FROM delivered_hour WHERE stream = '" + type.arrayName() + "'"));
            assertThat(numbers(card.locator("dd")))
                    .as("late, duplicates, rejected and deferred of %s", type)
                    .containsExactly(
                            counted(store, type, "'late'"),
                            counted(store, type, "'duplicate', 'duplicate-inside'"),
                            counted(store, type, "'rejected'"),
                            store.number("SELECT count(*) FROM deferred WHERE withdrawn_at = 0 AND stream = '"
                                    + type.arrayName() + "'"));
        }
        assertThat(store.number("SELECT count(*) FROM seen WHERE rejected = 1"))
                .as("rejected")
                .isOne();
        assertThat(page.locator("#rejected")).containsText("1 record not in Sentinel, reported by TAP");
        assertThat(page.locator("#rejected tbody")).containsText("InvalidRecord");
        assertThat(numbers(page.locator("#budget .gauge:has-text('everything else') p span")))
                .as("requests")
                .containsExactly(store.number("SELECT count(*) FROM request_log WHERE pool = 'everything-else'"));
        assertThat(page.locator("#progress time").first().getAttribute("datetime"))
                .as("read until")
                .isEqualTo(store.all("SELECT read_to FROM progress", row -> javascript(row.getLong(1)))
                        .get(0));
        assertThatHoursAreShown(store, page);
        assertThatReadsAreShown(store, page);
    }

    private static long counted(StoreQueries store, EventType type, String outcomes) throws SQLException {
        return store.number("SELECT coalesce(sum(events), 0) FROM ledger_count WHERE outcome IN (" + outcomes
                + ") AND stream = '" + type.arrayName() + "'");
    }

    private static void assertThatHoursAreShown(StoreQueries store, Page page) throws SQLException {
        List<Long> swept = store.all("SELECT DISTINCT hour FROM sweep ORDER BY hour DESC", row -> row.getLong(1));
        assertThat(swept).isNotEmpty();
        boolean rejected = page.locator("#hours thead").innerText().contains("Rejected");
        long found = 0;
        for (long hour : swept) {
            List<long[]> types = Stream.of(EventType.values())
                    .map(type -> {
                        try {
                            return store.all(
                                            "SELECT keys FROM sweep WHERE hour = " + hour + " AND stream = '"
                                                    + type.arrayName() + "'",
                                            row -> {
                                                byte[] keys = row.getBytes(1);
                                                return new long[] {
                                                    keys.length / 16,
                                                    store.held(type.arrayName(), keys, false),
                                                    store.held(type.arrayName(), keys, true)
                                                };
                                            })
                                    .get(0);
                        } catch (SQLException e) {
                            throw new IllegalStateException(e);
                        }
                    })
                    .toList();
            long[] all = IntStream.range(0, 3)
                    .mapToLong(which ->
                            types.stream().mapToLong(type -> type[which]).sum())
                    .toArray();
            found += all[2];
            List<Long> expected = Stream.concat(Stream.of(all), types.stream())
                    .flatMap(of -> rejected
                            ? Stream.of(of[0], of[1], of[2], of[0] - of[1] - of[2])
                            : Stream.of(of[0], of[1], of[0] - of[1]))
                    .toList();
            assertThat(numbers(page.locator("#hours tr:has(time[datetime='" + javascript(hour) + "']) td.number")))
                    .as("hour %s: reported, in Sentinel, rejected and missing", Instant.ofEpochMilli(hour))
                    .isEqualTo(expected);
        }
        assertThat(rejected).as("a column of rejected records").isEqualTo(found > 0);
    }

    private static void assertThatReadsAreShown(StoreQueries store, Page page) throws SQLException {
        List<String> expected = store.all(
                "SELECT l.read_at, l.purpose, l.from_at, l.to_at,"
                        + " sum(CASE WHEN outcome = 'fetched' THEN events ELSE 0 END), sum(CASE WHEN outcome = 'new' THEN events ELSE 0 END) FROM ledger l LEFT JOIN ledger_count c ON c.read_at = l.read_at"
                        + " AND c.from_at = l.from_at GROUP BY l.read_at, l.from_at ORDER BY l.read_at DESC, l.from_at DESC LIMIT 20",
                row -> String.join(
                        " ",
                        javascript(row.getLong(1)),
                        row.getString(2),
                        javascript(row.getLong(3)),
                        javascript(row.getLong(4)),
                        row.getString(5),
                        row.getString(6)));
        assertThat(page.locator("#reads tbody tr").all().stream()
                        .map(row -> String.join(
                                " ",
                                time(row, 0),
                                cell(row, 0),
                                time(row, 1),
                                time(row, 2),
                                cell(row, 3),
                                cell(row, 4)))
                        .toList())
                .as("reads")
                .containsExactlyInAnyOrderElementsOf(expected);
    }

    private static String cell(Locator row, int which) {
        return row.locator("td").nth(which).innerText().replace(",", "");
    }

    private static String time(Locator row, int which) {
        return row.locator("time").nth(which).getAttribute("datetime");
    }

    /** A time in the browser's format. */
    private static String javascript(long millis) {
        return Instant.ofEpochMilli(millis).plusNanos(1_000).toString().replaceAll("(\\.\\d{3})\\d+Z", "$1Z");
    }

    private static List<Long> numbers(Locator cells) {
        return cells.allInnerTexts().stream()
                .flatMap(text -> NUMBER.matcher(text).results())
                .map(found -> Long.valueOf(found.group().replace(",", "")))
                .toList();
    }
}
