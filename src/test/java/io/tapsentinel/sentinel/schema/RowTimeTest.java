package io.tapsentinel.sentinel.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.event.EventTime;
import io.tapsentinel.event.EventType;
import io.tapsentinel.sentinel.schema.RecordMapper.MappedRecord;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RowTimeTest {

    private static final String LATEST = "2026-11-21T01:00:00Z";

    @ParameterizedTest
    @CsvSource({
        "2026-11-20T09:59:59.999Z, 2026-11-20T08:00:00Z, 2026-11-20T09:59:59.999Z",
        "2026-11-20T09:00:00Z, 2026-11-20T11:00:00.000+01:00, 2026-11-20T10:00:00Z",
        "yesterday, , 2026-11-20T10:30:37Z"
    })
    void clickTimeIsTheLatestOfClickAndThreat(String clickTime, String threatTime, String expected) {
        Map<String, Object> fields = threatTime == null
                ? Map.of("clickTime", clickTime)
                : Map.of("clickTime", clickTime, "threatTime", threatTime);
        assertThat(new Mapping(Mapping.CLICKS).map(fields).time()).isEqualTo(expected);
        assertThat(EventTime.of(EventType.CLICKS_BLOCKED, fields).orElse(Mapping.TIME))
                .as("in TAP's spelling")
                .isEqualTo(expected);
    }

    @Test
    void messageTimeIsTheLatestOfMessageAndThreats() {
        Map<String, Object> fields = Map.of(
                "messageTime",
                "2026-11-20T09:00:00Z",
                "threatTime",
                "2027-01-01T00:00:00Z",
                "threatsInfoMap",
                List.of(Map.of("threatTime", LATEST), Map.of("threatTime", "2026-11-20T07:00:00Z"), Map.of(), "odd"));
        assertThat(new Mapping(Mapping.MESSAGES).map(fields).time()).isEqualTo(LATEST);
        assertThat(EventTime.of(EventType.MESSAGES_DELIVERED, fields))
                .contains(new Mapping(Mapping.MESSAGES).map(fields).time());
    }

    @Test
    void threatTimesAreReadLikeInTheQuery() {
        for (Object spelling : List.of("2026-11-21T01:00:00.000+0000", "2026-11-21 01:00:00", 1_795_222_800_000L)) {
            MappedRecord row = new Mapping(Mapping.MESSAGES)
                    .map(Map.of(
                            "messageTime",
                            "2026-11-20T09:00:00Z",
                            "threatsInfoMap",
                            List.of(Map.of("threatTime", spelling))));
            assertThat(row.time()).as("%s", spelling).isEqualTo(LATEST);
            assertThat(Mapping.text(row))
                    .as("readable by todatetime()")
                    .contains("{\"threatTime\":\"" + LATEST + "\"}");
        }
    }

    @Test
    void threatsThatAreNotAListHaveNoTime() {
        Map<String, Object> fields = Map.of(
                "messageTime", "2026-11-20T09:00:00Z", "threatsInfoMap", Map.of("only", Map.of("threatTime", LATEST)));
        assertThat(new Mapping(Mapping.MESSAGES).map(fields).time())
                .as("like the query")
                .isEqualTo("2026-11-20T09:00:00Z");
    }

    @Test
    void cutThreatHasNoTime() {
        Map<String, Object> newest = Map.of("threatTime", LATEST);
        List<Object> threats = new ArrayList<>(
                Collections.nCopies(10, Map.of("threat", "t".repeat(7_000), "threatTime", "2026-11-20T07:00:00Z")));
        threats.add(newest);
        MappedRecord row = new Mapping(Mapping.MESSAGES)
                .map(Map.of("messageTime", "2026-11-20T09:00:00Z", "threatsInfoMap", threats));
        assertThat(row.cappedColumns()).containsExactly("threatsInfoMap");
        assertThat(row.time()).isEqualTo("2026-11-20T09:00:00Z");
    }
}
