package io.tapsentinel.sentinel.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tapsentinel.event.EventType;
import io.tapsentinel.sentinel.schema.RecordMapper.MappedRecord;
import io.tapsentinel.sentinel.schema.TableSchema.Column;
import io.tapsentinel.sentinel.schema.TableSchema.ColumnType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Any JSON value in any column gives a valid record whose values have their columns' types and limits. */
class RecordMapperFuzzTest {

    private static final String[] TEXTS = {
        "",
        "na",
        "true",
        "FALSE",
        "443",
        " 12.5 ",
        "1e400",
        "2026-11-20T10:30:00Z",
        "2026-11-20",
        "\ud83d",
        "\ude00\ud83d",
        "a\u0000b",
        "\"\\",
        "😀"
    };

    private static final Pattern DATETIME = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z");

    @Test
    void anyValueInAnyColumnGivesAValidRecord() throws CharacterCodingException {
        List<TableSchema> schemas = IntStream.range(0, 8)
                .mapToObj(i -> TableSchema.of(EventType.values()[i % 4].table(), i < 4))
                .toList();
        int capped = 0;
        for (long seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            TableSchema schema = schemas.get((int) (seed % 8));
            Mapping mapping = new Mapping(schema);
            Map<String, Object> fields = new LinkedHashMap<>();
            for (String name : schema.columns().keySet()) {
                fields.put(name, value(random, 0));
            }
            fields.put(text(random), value(random, 0));
            MappedRecord mapped = mapping.map(fields);
            check(schema, mapped, "seed " + seed);
            capped += mapped.cappedColumns().size();
        }
        assertThat(capped)
                .as("the cut columns, at least some of which must occur")
                .isGreaterThan(50);
    }

    private static void check(TableSchema schema, MappedRecord mapped, String seed) throws CharacterCodingException {
        // unlike Jackson, this decoder rejects invalid UTF-8
        StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(mapped.json()));
        JsonNode record = Mapping.tree(mapped.json());
        assertThat(record.isObject()).as(seed).isTrue();
        record.properties().forEach(member -> {
            Column column = schema.columns().get(member.getKey());
            String as = seed + " " + member.getKey();
            assertThat(column).as(as).isNotNull();
            assertThat(fits(column.type(), member.getValue())).as(as).isTrue();
            assertThat(member.getValue().toString().getBytes(StandardCharsets.UTF_8).length)
                    .as(as)
                    .isLessThanOrEqualTo(65_536 + 2);
        });
        assertThat(schema.columns().keySet()).containsAll(mapped.cappedColumns());
    }

    private static boolean fits(ColumnType type, JsonNode value) {
        return switch (type) {
            case STRING -> value.isTextual();
            case INT -> value.isInt();
            case DATETIME ->
                value.isTextual() && DATETIME.matcher(value.textValue()).matches();
            case BOOLEAN -> value.isBoolean();
            case DYNAMIC -> !value.isNull();
        };
    }

    private static Object value(Random random, int depth) {
        switch (random.nextInt(depth > 3 ? 7 : 10)) {
            case 0:
                return null;
            case 1:
                return random.nextBoolean();
            case 2:
                return random.nextInt();
            case 3:
                return random.nextBoolean() ? (Number) random.nextLong() : new BigInteger(200, random);
            case 4:
                return random.nextBoolean()
                        ? (Number) Double.longBitsToDouble(random.nextLong())
                        : new BigDecimal(new BigInteger(70, random), random.nextInt(2000) - 1000);
            case 5:
                return TEXTS[random.nextInt(TEXTS.length)];
            case 6:
                return text(random);
            case 7:
                Map<String, Object> map = new LinkedHashMap<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    map.put(text(random), value(random, depth + 1));
                }
                return map;
            default:
                List<Object> list = new ArrayList<>();
                for (int i = random.nextInt(6); i > 0; i--) {
                    list.add(value(random, depth + 1));
                }
                return list;
        }
    }

    private static String text(Random random) {
        // mostly short, sometimes around the limit
        int length = random.nextInt(50) == 0 ? 9_000 + random.nextInt(60_000) : random.nextInt(20);
        int alphabet = random.nextInt(3);
        StringBuilder text = new StringBuilder();
        // long texts repeat: only the position of the cut matters
        while (text.length() < Math.min(length, 200)) {
            switch (alphabet) {
                case 0 -> text.append((char) random.nextInt(128));
                case 1 -> text.append((char) random.nextInt(65_536));
                default -> text.appendCodePoint(0x1F600 + random.nextInt(50));
            }
        }
        return text.length() < length ? text.toString().repeat(length / text.length() + 1) : text.toString();
    }
}
