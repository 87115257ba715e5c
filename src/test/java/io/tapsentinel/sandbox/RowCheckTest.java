package io.tapsentinel.sandbox;

import static io.tapsentinel.sandbox.IngestionFixture.TIME;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapsentinel.sentinel.schema.TableSchema;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowCheckTest {

    private final RowCheck messages = new RowCheck(TableSchema.of(IngestionFixture.MESSAGES));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"subject\":\"zqx\"",
                "\"subject\":null",
                "\"subject\":\"\"",
                "\"malwareScore\":-2147483648",
                "\"malwareScore\":2147483647",
                "\"malwareScore\":null",
                "\"completelyRewritten\":true",
                "\"completelyRewritten\":null",
                "\"messageTime\":\"2026-11-20T12:00:00Z\"",
                "\"messageTime\":\"2026-11-20T12:00:00.1234567Z\"",
                "\"messageTime\":null",
                "\"recipient\":[]",
                "\"recipient\":[\"zqx\"]",
                "\"recipient\":null",
                "\"threatsInfoMap\":[{\"a\":[1,{\"b\":null}]}]",
                "\"xmailer\":\"zqx\"",
                "\"xmailer\":{\"a\":1}",
                "\"xmailer\":[1]",
                "\"xmailer\":null"
            })
    void valuesOfTheColumnsTypeAreAccepted(String property) throws Refusal {
        String row = "{" + TIME + "," + property + "}";
        assertThat(check("[" + row + "," + row + "]")).containsExactly(row, row);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"subject\":1",
                "\"subject\":[\"zqx\"]",
                "\"subject\":{}",
                "\"subject\":true",
                "\"malwareScore\":\"443\"",
                "\"malwareScore\":1.0",
                "\"malwareScore\":2147483648",
                "\"malwareScore\":1e2",
                "\"malwareScore\":99999999999999999999",
                "\"completelyRewritten\":\"true\"",
                "\"completelyRewritten\":\"na\"",
                "\"completelyRewritten\":1",
                "\"messageTime\":\"zqx\"",
                "\"messageTime\":1700000000",
                "\"messageTime\":\"2026-11-20T12:00:00\"",
                "\"messageTime\":\"2026-11-20T12:00:00+00:00\"",
                "\"messageTime\":\"2026-02-30T12:00:00Z\"",
                "\"messageTime\":\"2026-11-20T12:00:00.12345678Z\"",
                "\"messageTime\":\"2026-11-20 12:00:00Z\"",
                "\"recipient\":\"zqx\"",
                "\"recipient\":{\"a\":\"zqx\"}",
                "\"toAddresses\":false"
            })
    void valuesOfAnotherTypeAreRefused(String property) {
        String column = property.substring(1, property.indexOf('"', 1));
        assertThatThrownBy(() -> check("[{" + TIME + "},{" + TIME + "," + property + "}]"))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("Row 1: column '" + column + "'")
                .hasMessageNotContaining("zqx")
                .hasMessageNotContaining("443")
                .extracting(refusal -> ((Refusal) refusal).status())
                .isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{" + TIME + "}",
                "",
                "null",
                "\"zqx\"",
                "[1]",
                "[[]]",
                "[null]",
                "[{" + TIME + "}",
                "[{" + TIME + "},]",
                "[{" + TIME + "}] []",
                "[{" + TIME + ",\"subject\":\"zqx\",\"subject\":\"zqx\"}]",
                "[{" + TIME + ",\"subject\":\"zqx\ny\"}]",
                "[{" + TIME + ",\"xmailer\":[zqx]}]",
                "zqx",
                "[{'a':1}]"
            })
    void bodyThatIsNotAnArrayOfObjectsIsRefused(String body) {
        assertThatThrownBy(() -> check(body)).isInstanceOf(Refusal.class).hasMessageNotContaining("zqx");
    }

    @Test
    void invalidUtf8IsRefused() {
        byte[] body = ("[{" + TIME + ",\"subject\":\"?\",\"xmailer\":[\"?\"]}]").getBytes(StandardCharsets.ISO_8859_1);
        for (int at = 0; at < body.length; at++) {
            if (body[at] == '?') {
                byte[] broken = body.clone();
                broken[at] = (byte) 0xc3;
                assertThatThrownBy(() -> messages.rows(broken)).isInstanceOf(Refusal.class);
            }
        }
    }

    @Test
    void undeclaredPropertiesAreRefused() {
        assertThatThrownBy(() -> check("[{" + TIME + ",\"Subject\":\"zqx\"}]"))
                .hasMessage("Row 0: column 'Subject' is not declared");
        assertThatThrownBy(() -> check("[{" + TIME + ",\"a b@c\":1}]"))
                .hasMessage("Row 0: column 'a?b?c' is not declared");
        assertThatThrownBy(() -> check("[{" + TIME + ",\"url\":\"zqx\"}]")).hasMessageContaining("'url'");
    }

    @Test
    void rowWithoutTimeGeneratedIsRefused() {
        assertThatThrownBy(() -> check("[{" + TIME + "},{\"subject\":\"zqx\"}]"))
                .hasMessage("Row 1: column 'TimeGenerated' is missing");
        assertThatThrownBy(() -> check("[{\"TimeGenerated\":null}]")).hasMessageContaining("is missing");
        assertThatThrownBy(() -> check("[{\"TimeGenerated\":\"zqx\"}]"))
                .hasMessageContaining("TimeGenerated")
                .hasMessageNotContaining("zqx");
        assertThatThrownBy(() -> check("[{}]")).hasMessageContaining("is missing");
    }

    @Test
    void valuesOver64KilobytesAreRefused() throws Refusal {
        assertThat(check("[{" + TIME + ",\"subject\":\"" + "a".repeat(65_536) + "\"}]"))
                .hasSize(1);
        assertThatThrownBy(() -> check("[{" + TIME + ",\"subject\":\"" + "a".repeat(65_537) + "\"}]"))
                .hasMessageContaining("'subject' is over 65536 bytes");
        assertThatThrownBy(() -> check("[{" + TIME + ",\"subject\":\"" + "☃".repeat(21_846) + "\"}]"))
                .hasMessageContaining("'subject' is over");
        assertThat(check("[{" + TIME + ",\"recipient\":[\"" + "a".repeat(65_532) + "\"]}]"))
                .hasSize(1);
        assertThatThrownBy(() -> check("[{" + TIME + ",\"recipient\":[\"" + "a".repeat(65_533) + "\"]}]"))
                .hasMessageContaining("'recipient' is over");
        assertThatThrownBy(() -> check("[{" + TIME + ",\"xmailer\":{\"a\":\"" + "a".repeat(65_533) + "\"}}]"))
                .hasMessageContaining("'xmailer' is over");
    }

    private List<String> check(String body) throws Refusal {
        return messages.rows(body.getBytes(StandardCharsets.UTF_8)).stream()
                .map(row -> new String(row, StandardCharsets.UTF_8))
                .toList();
    }
}
