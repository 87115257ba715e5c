package io.tapsentinel.sentinel.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapsentinel.event.EventType;
import io.tapsentinel.sentinel.schema.TableSchema.Column;
import io.tapsentinel.sentinel.schema.TableSchema.ColumnType;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class TableSchemaTest {

    /**
     * Without TimeGenerated. Written by hand so that a mistake in a schema file shows. Add new columns here too, see
     * azure.md.
     */
    private static final Map<String, String> CLICKS = columns("""
            string: url classification userAgent campaignId id clickIP sender recipient senderIP GUID threatID threatURL
            string: threatStatus messageID
            datetime: clickTime threatTime
            """);

    private static final Map<String, String> MESSAGES = columns("""
            int: spamScore phishScore impostorScore malwareScore messageSize
            dynamic: threatsInfoMap xmailer messageParts
            list: policyRoutes modulesRun fromAddress ccAddresses replyToAddress toAddresses recipient
            datetime: messageTime
            boolean: completelyRewritten
            string: cluster subject quarantineFolder quarantineRule headerFrom headerReplyTo id QID GUID sender
            string: senderIP messageID
            """);

    @Test
    void clickTablesHaveTheseColumns() {
        assertColumns("ProofPointTAPClicksBlockedV2_CL", CLICKS);
        assertColumns("ProofPointTAPClicksPermittedV2_CL", CLICKS);
    }

    @Test
    void messageTablesHaveTheseColumns() {
        assertColumns("ProofPointTAPMessagesBlockedV2_CL", MESSAGES);
        assertColumns("ProofPointTAPMessagesDeliveredV2_CL", MESSAGES);
    }

    private static void assertColumns(String table, Map<String, String> expected) {
        assertThat(columns(TableSchema.of(table)))
                .as("columns of %s.json compared with those of this test", table)
                .containsExactlyInAnyOrderEntriesOf(expected);
    }

    @Test
    void everyEventTypeHasTableAndStream() {
        for (EventType type : EventType.values()) {
            TableSchema schema = TableSchema.of(type.table());
            assertThat(schema.table()).isEqualTo(type.table());
            assertThat(schema.stream()).isEqualTo("Custom-" + type.table());
        }
    }

    @Test
    void timeGeneratedComesFirst() {
        for (EventType type : EventType.values()) {
            assertThat(TableSchema.of(type.table()).columns().values())
                    .first()
                    .isEqualTo(new Column("TimeGenerated", ColumnType.DATETIME, false));
        }
    }

    @Test
    void unknownTableIsRefusedAndKnownTablesListed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TableSchema.of("../tables/Other_CL"))
                .withMessage(
                        "no schema for table ../tables/Other_CL; known: ProofPointTAPClicksBlockedV2_CL, "
                                + "ProofPointTAPClicksPermittedV2_CL, ProofPointTAPMessagesBlockedV2_CL, ProofPointTAPMessagesDeliveredV2_CL");
    }

    @Test
    void schemaCannotBeChanged() {
        Map<String, Column> columns =
                TableSchema.of("ProofPointTAPClicksBlockedV2_CL").columns();
        assertThatThrownBy(() -> columns.remove("url")).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void typesAreSpelledAsInADataCollectionRule() {
        assertThat(Arrays.stream(ColumnType.values()).map(ColumnType::keyword))
                .containsExactly("string", "int", "datetime", "boolean", "dynamic");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ColumnType.of("guid"))
                .withMessage("column type guid must be string, int, datetime, boolean or dynamic");
    }

    @Test
    void onlyADynamicColumnCanBeAList() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Column("subject", ColumnType.STRING, true))
                .withMessage("column subject is a list and must be dynamic, not string");
    }

    private static Map<String, String> columns(TableSchema schema) {
        return schema.columns().values().stream()
                .filter(c -> !c.name().equals("TimeGenerated"))
                .collect(Collectors.toMap(
                        Column::name, c -> c.list() ? "list" : c.type().keyword(), (a, b) -> a, TreeMap::new));
    }

    private static Map<String, String> columns(String table) {
        Map<String, String> columns = new TreeMap<>();
        for (String line : table.lines().toList()) {
            String type = line.substring(0, line.indexOf(':'));
            List.of(line.substring(line.indexOf(':') + 2).split(" ")).forEach(name -> columns.put(name, type));
        }
        return columns;
    }
}
