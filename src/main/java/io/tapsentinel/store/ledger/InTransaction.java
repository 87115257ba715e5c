package io.tapsentinel.store.ledger;

import java.sql.Connection;
import java.sql.SQLException;

/** Work to do in the transaction that commits a read. */
@FunctionalInterface
public interface InTransaction {

    InTransaction NOTHING = connection -> {};

    void in(Connection connection) throws SQLException;
}
