package io.tapsentinel.report;

import io.tapsentinel.event.HumanText;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** A plain-text table: first column left-aligned, the others right-aligned. */
final class TextTable {

    private final List<List<String>> rows = new ArrayList<>();

    TextTable(Object... header) {
        row(header);
    }

    /** Adds a row with as many cells as the header; numbers get thousands separators. */
    TextTable row(Object... cells) {
        return row(List.of(cells));
    }

    TextTable row(List<?> cells) {
        rows.add(cells.stream()
                .map(cell -> cell instanceof Number number ? HumanText.number(number.longValue()) : cell.toString())
                .toList());
        return this;
    }

    /** One line per row, no line end after the last. */
    @Override
    public String toString() {
        int[] widths = IntStream.range(0, rows.get(0).size())
                .map(column -> rows.stream()
                        .mapToInt(row -> row.get(column).length())
                        .max()
                        .orElse(0))
                .toArray();
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder(row.get(0))
                    .append(" ".repeat(widths[0] - row.get(0).length()));
            for (int i = 1; i < row.size(); i++) {
                line.append("  ")
                        .append(" ".repeat(widths[i] - row.get(i).length()))
                        .append(row.get(i));
            }
            lines.add(line.toString().stripTrailing());
        }
        return String.join(System.lineSeparator(), lines);
    }
}
