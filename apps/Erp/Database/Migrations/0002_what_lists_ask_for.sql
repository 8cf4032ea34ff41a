-- What lists ask for and the first schema could only tell by joining: so a write says by itself whose list it touches.

-- Whose sale an invoice is: the salesperson of its order, who does not change.
ALTER TABLE invoices ADD COLUMN salesperson_id {ref} REFERENCES salespeople (id);
UPDATE invoices SET salesperson_id = (SELECT o.salesperson_id FROM orders o WHERE o.id = invoices.order_id);
CREATE INDEX ix_invoices_salesperson ON invoices (salesperson_id, issued_at, id);

-- Years times twelve and the month, 1 to 12, of ordered_at.
ALTER TABLE orders ADD COLUMN ordered_month {int} NOT NULL DEFAULT 0;
UPDATE orders SET ordered_month = {monthofordering};
CREATE INDEX ix_orders_month ON orders (ordered_month, status, id);

-- Whether a piece is on hand that is not reserved.
ALTER TABLE inventory ADD COLUMN is_available {bool} GENERATED ALWAYS AS (quantity_on_hand > quantity_reserved) {computed};
