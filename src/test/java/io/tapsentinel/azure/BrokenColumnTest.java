package io.tapsentinel.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.tapsentinel.sentinel.schema.TableSchema;
import io.tapsentinel.sentinel.schema.TableSchema.Column;
import io.tapsentinel.sentinel.schema.TableSchema.ColumnType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Columns broken in one place: the checks that {@link TemplateTest} makes fail, and say which column and where. */
class BrokenColumnTest {

    private static final String TABLE = "ProofPointTAPMessagesBlockedV2_CL";
    private static final String STREAM = "Custom-" + TABLE;

    static Stream<TableSchema> everyTable() {
        return Templates.schemas(false, true).stream();
    }

    @ParameterizedTest
    @MethodSource("everyTable")
    void eachTypeBrokenInATable(TableSchema schema) {
        BrokenTemplate broken = new BrokenTemplate();
        Columns.of(schema)
                .forEach((column, type) -> broken.table(schema.table(), BrokenTemplate.type(column, wrong(type))));
        Deployment deployment = broken.deployment(Map.of());
        assertThat(SchemaCheck.problems(deployment, Templates.schemas(false, true)))
                .containsExactlyElementsOf(each(
                        schema,
                        (column, type) -> "table " + schema.table() + difference(column, wrong(type), "schema", type)));
        assertThat(FlowCheck.problems(deployment))
                .containsExactlyElementsOf(each(
                        schema,
                        (column, type) -> "transformation of " + schema.stream()
                                + difference(column, type, "table", wrong(type))));
    }

    @ParameterizedTest
    @MethodSource("everyTable")
    void eachTypeBrokenInAStream(TableSchema schema) {
        BrokenTemplate broken = new BrokenTemplate();
        Columns.of(schema)
                .forEach((column, type) -> broken.stream(schema.stream(), BrokenTemplate.type(column, wrong(type))));
        Deployment deployment = broken.deployment(Map.of());
        assertThat(SchemaCheck.problems(deployment, Templates.schemas(false, true)))
                .containsExactlyElementsOf(each(
                        schema,
                        (column, type) ->
                                "stream " + schema.stream() + difference(column, wrong(type), "schema", type)));
        assertThat(FlowCheck.problems(deployment))
                .containsExactlyElementsOf(each(
                        schema,
                        (column, type) -> "transformation of " + schema.stream()
                                + difference(column, wrong(type), "table", type)));
    }

    @ParameterizedTest
    @MethodSource("everyTable")
    void eachTypeBrokenInASchemaFile(TableSchema schema) {
        Deployment deployment = new BrokenTemplate().deployment(Map.of());
        Columns.of(schema).forEach((column, type) -> {
            List<TableSchema> schemas = new ArrayList<>(Templates.schemas(false, true));
            schemas.replaceAll(s -> s.equals(schema) ? broken(s, column, wrong(type)) : s);
            String difference = difference(column, type, "schema", wrong(type));
            assertThat(SchemaCheck.problems(deployment, schemas))
                    .containsExactly("table " + schema.table() + difference, "stream " + schema.stream() + difference);
        });
    }

    @Test
    void typeBrokenInTheColumnsThatTwoTablesShare() {
        Deployment deployment = new BrokenTemplate()
                .at("/variables/vendorMessageColumns/1/type", "long")
                .deployment(Map.of());
        assertThat(SchemaCheck.problems(deployment, Templates.schemas(false, true)))
                .hasSize(4)
                .allMatch(problem -> problem.endsWith(": column spamScore is long, in its schema it is int"));
    }

    @Test
    void typeOfTheOptionalColumnBroken() {
        Deployment deployment = new BrokenTemplate()
                .at("/variables/additionalColumns/0/type", "string")
                .deployment(Map.of("additionalFields", true));
        assertThat(SchemaCheck.problems(deployment, Templates.schemas(true, true)))
                .hasSize(8)
                .allMatch(problem ->
                        problem.endsWith(": column AdditionalFields is string, in its schema it is dynamic"));
    }

    @Test
    void nameInAnotherCase() {
        assertThat(problems(columns -> rename(columns, "QID", "qid")))
                .containsExactly(
                        "stream " + STREAM + ": no column QID, which its schema has",
                        "stream " + STREAM + ": column qid, which its schema has not");
    }

    @Test
    void columnLeftOut() {
        assertThat(problems(columns -> columns.remove(3)))
                .containsExactly("stream " + STREAM + ": no column threatsInfoMap, which its schema has");
    }

    @Test
    void columnTooMany() {
        assertThat(problems(columns -> columns.addObject().put("name", "actors").put("type", "dynamic")))
                .containsExactly("stream " + STREAM + ": column actors, which its schema has not");
    }

    @Test
    void columnsInAnotherOrder() {
        assertThat(problems(columns -> columns.insert(1, columns.remove(2))))
                .containsExactly("stream " + STREAM + ": column phishScore stands where its schema has spamScore");
    }

    @Test
    void columnTwice() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> problems(columns -> columns.add(columns.get(1))))
                .withMessage("column spamScore is declared twice");
    }

    private static List<String> each(TableSchema schema, BinaryOperator<String> problem) {
        return Columns.of(schema).entrySet().stream()
                .map(column -> problem.apply(column.getKey(), column.getValue()))
                .toList();
    }

    private static String difference(String column, String type, String model, String expected) {
        return ": column " + column + " is " + type + ", in its " + model + " it is " + expected;
    }

    private static List<String> problems(Consumer<ArrayNode> change) {
        return SchemaCheck.problems(
                new BrokenTemplate().stream(STREAM, change).deployment(Map.of()), Templates.schemas(false, true));
    }

    private static void rename(ArrayNode columns, String from, String to) {
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).required("name").textValue().equals(from)) {
                columns.set(
                        i,
                        columns.objectNode()
                                .put("name", to)
                                .put("type", columns.get(i).required("type").textValue()));
            }
        }
    }

    /** A type that the column has not. */
    private static String wrong(String type) {
        return type.equals("string") ? "dynamic" : "string";
    }

    /** A schema in which one column has another type. */
    private static TableSchema broken(TableSchema schema, String column, String type) {
        Map<String, Column> columns = new LinkedHashMap<>(schema.columns());
        columns.put(column, new Column(column, ColumnType.of(type), false));
        return new TableSchema(schema.table(), schema.stream(), columns);
    }
}
