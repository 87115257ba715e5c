package io.tapsentinel.sentinel.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.tapsentinel.sentinel.schema.RecordMapper.MappedRecord;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Calendar;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TimeZone;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Rules for all columns, and values that no JSON parser creates. */
class RecordMapperTest {

    private final Mapping messages = new Mapping(Mapping.MESSAGES);
    private final Mapping clicks = new Mapping(Mapping.CLICKS);

    @Test
    void eventWithoutFieldsBecomesARowWithItsTime() {
        assertThat(Mapping.text(messages.map(Map.of()))).isEqualTo("{\"TimeGenerated\":\"2026-11-20T10:30:37Z\"}");
    }

    @Test
    void eventFieldTimeGeneratedIsIgnoredAndReported() {
        assertThat(clicks.text("TimeGenerated", "1999-01-01T00:00:00Z"))
                .isEqualTo("{\"TimeGenerated\":\"2026-11-20T10:30:37Z\"}");
        assertThat(clicks.unknown).containsExactly(Mapping.CLICKS + "/TimeGenerated");
    }

    @Test
    void fieldsWithoutColumnAreReportedEvenIfNull() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("headerTo", null);
        fields.put("Subject", "case counts");
        fields.put("subject", "sent");
        assertThat(Mapping.text(messages.map(fields)))
                .isEqualTo("{\"TimeGenerated\":\"2026-11-20T10:30:37Z\",\"subject\":\"sent\"}");
        assertThat(messages.unknown).containsExactly(Mapping.MESSAGES + "/headerTo", Mapping.MESSAGES + "/Subject");
        assertThat(messages.lossy).isEmpty();
    }

    @Test
    void columnsHaveTheOrderOfTheSchema() {
        Map<String, Object> fields = new TreeMap<>(Map.of("url", "u", "GUID", "g", "classification", "c"));
        assertThat(Mapping.text(clicks.map(fields)))
                .isEqualTo(
                        "{\"TimeGenerated\":\"2026-11-20T10:30:37Z\",\"url\":\"u\",\"classification\":\"c\",\"GUID\":\"g\"}");
    }

    @Test
    void decimalInAnIntColumnIsRoundedHalfUp() {
        assertThat(messages.only("impostorScore", 0.4999)).isEqualTo("0");
        assertThat(messages.only("impostorScore", 0.5)).isEqualTo("1");
        assertThat(messages.only("impostorScore", 2.5f)).isEqualTo("3");
        assertThat(messages.only("impostorScore", new BigDecimal("-2.5"))).isEqualTo("-3");
        assertThat(messages.only("impostorScore", new BigDecimal("1E-999999999")))
                .isEqualTo("0");
        assertThat(messages.lossy).hasSize(5);
    }

    @Test
    void wholeDecimalIsNotReported() {
        assertThat(messages.only("impostorScore", 100.0)).isEqualTo("100");
        assertThat(messages.only("impostorScore", new BigDecimal("7.000"))).isEqualTo("7");
        assertThat(messages.only("impostorScore", new BigDecimal("0E+999999999")))
                .isEqualTo("0");
        assertThat(messages.lossy).isEmpty();
    }

    @Test
    void intColumnAcceptsExactly32Bits() {
        assertThat(messages.only("messageSize", 2147483647L)).isEqualTo("2147483647");
        assertThat(messages.only("messageSize", BigInteger.valueOf(-2147483648L)))
                .isEqualTo("-2147483648");
        assertThat(messages.only("messageSize", (short) -3)).isEqualTo("-3");
        assertThat(messages.only("messageSize", new AtomicLong(9))).isEqualTo("9");
        assertThat(messages.lossy).isEmpty();
        for (Object tooLarge : List.of(
                2147483647.5,
                -2147483649L,
                BigInteger.TEN.pow(40),
                new BigDecimal("1E+999999999"),
                "1e999999999",
                "9".repeat(100_000),
                Double.NaN,
                Double.POSITIVE_INFINITY,
                Float.NEGATIVE_INFINITY,
                "NaN",
                "",
                "0x10")) {
            messages.lossy.clear();
            assertThat(messages.only("messageSize", tooLarge)).isEqualTo("absent");
            assertThat(messages.lossy).hasSize(1);
        }
    }

    @Test
    void numbersInAStringColumnBecomeTheirText() {
        assertThat(clicks.only("id", Double.NaN)).isEqualTo("\"NaN\"");
        assertThat(clicks.only("id", Float.NEGATIVE_INFINITY)).isEqualTo("\"-Infinity\"");
        assertThat(clicks.only("id", new BigDecimal("12.50"))).isEqualTo("\"12.50\"");
        assertThat(clicks.only("id", new BigDecimal("1E+999999999"))).isEqualTo("\"1E+999999999\"");
        assertThat(clicks.lossy).isEmpty();
    }

    @Test
    void javaTimesBecomeUtc() {
        Instant time = Instant.parse("2026-11-20T10:30:00.250Z");
        Calendar calendar = Calendar.getInstance(TimeZone.getTimeZone("Asia/Tokyo"));
        calendar.setTimeInMillis(time.toEpochMilli());
        for (Object same : List.of(
                time,
                Date.from(time),
                new Timestamp(time.toEpochMilli()),
                new java.sql.Date(time.toEpochMilli()),
                calendar,
                ZonedDateTime.parse("2026-11-20T11:30:00.250+01:00[Europe/Paris]"),
                LocalDateTime.parse("2026-11-20T10:30:00.250"))) {
            assertThat(clicks.only("clickTime", same))
                    .as(same.getClass().getName())
                    .isEqualTo("\"2026-11-20T10:30:00.250Z\"");
        }
        assertThat(clicks.only("url", Date.from(time))).isEqualTo("\"2026-11-20T10:30:00.250Z\"");
        assertThat(clicks.lossy).isEmpty();
    }

    @Test
    void timesThatKustoCannotHoldAreLost() {
        for (Object odd : List.of(
                Instant.MAX, Instant.MIN, "+10000-01-01T00:00:00Z", "0000-12-31T23:59:59Z", LocalDate.EPOCH, "", 5)) {
            assertThat(clicks.only("clickTime", odd)).as("%s", odd).isEqualTo("absent");
        }
        assertThat(clicks.only("clickTime", "9999-12-31T23:59:59.999999999Z"))
                .isEqualTo("\"9999-12-31T23:59:59.999999Z\"");
        assertThat(clicks.lossy).hasSize(7);
    }

    @Test
    void collectionsAndArraysOfAnyKindBecomeLists() {
        List<String> addresses = List.of("a", "b");
        for (Object list : List.of(
                addresses,
                new LinkedHashSet<>(addresses),
                new String[] {"a", "b"},
                new Object[] {'a', new StringBuilder("b")},
                JsonNodeFactory.instance.arrayNode().add("a").add("b"),
                Optional.of(addresses))) {
            assertThat(messages.only("recipient", list))
                    .as(list.getClass().getName())
                    .isEqualTo("[\"a\",\"b\"]");
        }
        assertThat(messages.only("recipient", new StringBuilder("a"))).isEqualTo("[\"a\"]");
        assertThat(messages.only("recipient", new int[] {1, 2})).isEqualTo("[1,2]");
        assertThat(messages.only("recipient", Optional.empty())).isEqualTo("absent");
        assertThat(messages.only("xmailer", JsonNodeFactory.instance.nullNode()))
                .isEqualTo("absent");
        assertThat(messages.lossy).isEmpty();
    }

    @Test
    void nestedJavaValuesBecomeJson() {
        Map<Object, Object> odd = new LinkedHashMap<>();
        odd.put(1, Double.NaN);
        odd.put("d", new BigDecimal("1.50"));
        odd.put("t", Instant.EPOCH);
        odd.put("e", TimeUnit.DAYS);
        odd.put("u", new UUID(0, 1));
        odd.put("b", new byte[] {1, 2});
        odd.put("n", JsonNodeFactory.instance.objectNode().put("x", true).putNull("y"));
        assertThat(messages.only("messageParts", odd))
                .isEqualTo(
                        "{\"1\":\"NaN\",\"d\":1.50,\"t\":\"1970-01-01T00:00:00Z\",\"e\":\"DAYS\","
                                + "\"u\":\"00000000-0000-0000-0000-000000000001\",\"b\":\"AQI=\",\"n\":{\"x\":true,\"y\":null}}");
    }

    @Test
    void valueThatContainsItselfLosesItsColumnOnly() {
        List<Object> loop = new ArrayList<>(Arrays.asList("first", null));
        loop.set(1, Arrays.asList(loop, loop));
        Map<String, Object> fields = new LinkedHashMap<>(Map.of("threatsInfoMap", loop, "subject", loop, "id", "kept"));
        MappedRecord mapped = messages.map(fields);
        assertThat(Mapping.text(mapped)).isEqualTo("{\"TimeGenerated\":\"2026-11-20T10:30:37Z\",\"id\":\"kept\"}");
        assertThat(messages.lossy)
                .containsExactlyInAnyOrder(Mapping.MESSAGES + "/threatsInfoMap", Mapping.MESSAGES + "/subject");
    }

    @Test
    void valueNestedTooDeepForJacksonLosesItsColumnOnly() {
        for (int depth : List.of(999, 1000, 1001, 3000, 100_000)) {
            messages.lossy.clear();
            Object nested = List.of();
            for (int i = 1; i < depth; i++) {
                nested = List.of(nested);
            }
            String text = Mapping.text(messages.map(new LinkedHashMap<>(Map.of("messageParts", nested, "id", "kept"))));
            assertThat(text).as("depth %d", depth).contains("\"id\":\"kept\"");
            assertThat(text.contains("[".repeat(999))).isEqualTo(depth == 999);
            assertThat(messages.lossy).hasSize(depth == 999 ? 0 : 1);
        }
    }

    @Test
    void objectWhoseToStringThrowsLosesItsColumnOnly() {
        Object hostile = new Object() {
            @Override
            public String toString() {
                throw new IllegalStateException("no text");
            }
        };
        Map<String, Object> fields =
                new LinkedHashMap<>(Map.of("url", hostile, "id", "kept", "recipient", List.of("a", hostile)));
        assertThat(Mapping.text(clicks.map(fields)))
                .isEqualTo("{\"TimeGenerated\":\"2026-11-20T10:30:37Z\",\"id\":\"kept\"}");
        assertThat(clicks.lossy).containsExactly(Mapping.CLICKS + "/url", Mapping.CLICKS + "/recipient");
    }

    @Test
    void toStringContainsNoContent() {
        assertThat(clicks.map(Map.of("url", "https://a.example.com"))).hasToString("record of 70 bytes");
    }
}
