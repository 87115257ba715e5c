package io.tapsentinel.azure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tapsentinel.azure.KustoJob.Query;
import io.tapsentinel.azure.KustoJob.Table;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The queries of {@code src/main/azure/queries}. A {@code .kql} file with a {@code .json} of the same name is a rule, one named
 * {@code Workbook...} a part of the workbook, any other a function of that name.
 */
final class QueryFiles {

    static final Path FOLDER = Path.of("src/main/azure/queries");
    static final Path TABLES = Path.of("src/main/resources/tables");
    private static final String WORKBOOK = "Workbook";
    private static final ObjectMapper JSON = new ObjectMapper();

    private QueryFiles() {}

    /** A scheduled rule: name, query and the content of its {@code .json}. */
    record Rule(String name, String query, JsonNode metadata) {}

    static List<Query> functions() {
        return kql().stream()
                .filter(file -> !isRule(file) && !isWorkbook(file))
                .map(file -> Query.function(name(file), name(file) + ".kql", text(file)))
                .toList();
    }

    static List<Rule> rules() {
        return kql().stream()
                .filter(QueryFiles::isRule)
                .map(file -> new Rule(name(file), text(file), json(metadata(file))))
                .toList();
    }

    static List<Query> workbookQueries() {
        return kql().stream()
                .filter(QueryFiles::isWorkbook)
                .map(QueryFiles::query)
                .toList();
    }

    /** Order, titles and charts of the workbook's queries. */
    static JsonNode workbook() {
        return json(FOLDER.resolve(WORKBOOK + ".json"));
    }

    /** The five tables of the schema files. */
    static List<Table> tables(boolean optionalColumns) {
        return files(TABLES, ".json").stream()
                .map(file -> Table.of(json(file), optionalColumns))
                .toList();
    }

    /** All queries, to bind against the given tables. */
    static KustoJob job(List<Table> tables) {
        List<Query> queries = new ArrayList<>(workbookQueries());
        rules().forEach(rule -> queries.add(Query.of(rule.name() + ".kql", rule.query())));
        return new KustoJob(tables, functions(), queries);
    }

    private static List<Path> kql() {
        return files(FOLDER, ".kql");
    }

    private static boolean isRule(Path kql) {
        return Files.exists(metadata(kql));
    }

    private static boolean isWorkbook(Path kql) {
        return name(kql).startsWith(WORKBOOK);
    }

    private static Query query(Path kql) {
        return Query.of(name(kql) + ".kql", text(kql));
    }

    private static Path metadata(Path kql) {
        return kql.resolveSibling(name(kql) + ".json");
    }

    private static String name(Path file) {
        return file.getFileName().toString().replaceFirst("\\.\\w+$", "");
    }

    private static List<Path> files(Path folder, String ending) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(ending))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static JsonNode json(Path file) {
        return json(text(file));
    }

    static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
