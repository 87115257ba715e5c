package io.tapsentinel.store.ledger;

import java.sql.Connection;
import java.sql.SQLException;

/** What becomes durable in the same transaction as the ledger row of a read. */
@FunctionalInterface
public interface InTransaction {

    /** Nothing. */
    InTransaction NOTHING = connection -> {};

    void in(Connection connection) throws SQLException;
}
