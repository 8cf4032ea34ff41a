-- One text for both databases. The words in braces are filled in by SqlDialect:
--   id       generated key; a row may bring its own         ref   key of another row
--   decimal  numeric(19,4) or an INTEGER of ten-thousandths  money:N  a constant of that type
--   time     timestamptz or TEXT yyyy-MM-ddTHH:mm:ssZ        text  sorted byte-wise on both
-- Every time is UTC and so is every day boundary. quantities are {int}, so that sum() of them is a 64-bit integer on both.

CREATE TABLE branches (
    id {id},
    code {text} NOT NULL UNIQUE,
    name {text} NOT NULL,
    city {text},
    country {text},
    is_active {bool} NOT NULL
);

CREATE TABLE warehouses (
    id {id},
    branch_id {ref} NOT NULL REFERENCES branches (id),
    name {text} NOT NULL,
    is_active {bool} NOT NULL
);
CREATE INDEX ix_warehouses_branch ON warehouses (branch_id);

CREATE TABLE categories (
    id {id},
    parent_id {ref} REFERENCES categories (id),
    name {text} NOT NULL
);
CREATE INDEX ix_categories_parent ON categories (parent_id);

CREATE TABLE products (
    id {id},
    sku {text} NOT NULL UNIQUE,
    name {text} NOT NULL,
    description {text},
    category_id {ref} REFERENCES categories (id),
    brand {text},
    unit {text} NOT NULL,
    barcode {text} UNIQUE,
    color {text},
    size {text},
    dimensions {text},
    weight {decimal} CHECK (weight >= 0),
    list_price {decimal} NOT NULL CHECK (list_price >= 0),
    cost_price {decimal} NOT NULL CHECK (cost_price >= 0),
    reorder_point {int} NOT NULL CHECK (reorder_point >= 0),
    is_active {bool} NOT NULL,
    created_at {time} NOT NULL
);
CREATE INDEX ix_products_category ON products (category_id, is_active, id);
CREATE INDEX ix_products_created ON products (created_at, id);

CREATE TABLE inventory (
    product_id {ref} NOT NULL REFERENCES products (id),
    warehouse_id {ref} NOT NULL REFERENCES warehouses (id),
    quantity_on_hand {int} NOT NULL CHECK (quantity_on_hand >= 0),
    quantity_reserved {int} NOT NULL,
    updated_at {time} NOT NULL,
    PRIMARY KEY (product_id, warehouse_id),
    CHECK (quantity_reserved >= 0 AND quantity_reserved <= quantity_on_hand)
);
CREATE INDEX ix_inventory_warehouse ON inventory (warehouse_id);

CREATE TABLE inventory_movements (
    id {id},
    product_id {ref} NOT NULL REFERENCES products (id),
    warehouse_id {ref} NOT NULL REFERENCES warehouses (id),
    movement_type {text} NOT NULL CHECK (movement_type IN ('IN', 'OUT', 'ADJUSTMENT')),
    quantity {int} NOT NULL,
    new_quantity {int} NOT NULL CHECK (new_quantity >= 0),
    reference {text},
    notes {text},
    created_at {time} NOT NULL
);
CREATE INDEX ix_inventory_movements_product ON inventory_movements (product_id, created_at);

CREATE TABLE pricelists (
    id {id},
    name {text} NOT NULL,
    currency {text} NOT NULL,
    discount_percent {decimal} NOT NULL CHECK (discount_percent >= 0 AND discount_percent <= {money:100}),
    is_default {bool} NOT NULL,
    is_active {bool} NOT NULL,
    valid_from {time},
    valid_to {time}
);
CREATE UNIQUE INDEX ix_pricelists_one_default ON pricelists (is_default) WHERE is_default;

CREATE TABLE product_prices (
    pricelist_id {ref} NOT NULL REFERENCES pricelists (id),
    product_id {ref} NOT NULL REFERENCES products (id),
    price {decimal} NOT NULL CHECK (price >= 0),
    discount_percent {decimal} NOT NULL CHECK (discount_percent >= 0 AND discount_percent <= {money:100}),
    minimum_quantity {int} NOT NULL CHECK (minimum_quantity >= 1),
    PRIMARY KEY (pricelist_id, product_id, minimum_quantity)
);
CREATE INDEX ix_product_prices_product ON product_prices (product_id, pricelist_id);

CREATE TABLE product_images (
    product_id {ref} NOT NULL REFERENCES products (id),
    url {text} NOT NULL,
    thumbnail_url {text},
    is_primary {bool} NOT NULL,
    position {int} NOT NULL,
    PRIMARY KEY (product_id, position)
);

CREATE TABLE salespeople (
    id {id},
    name {text} NOT NULL,
    email {text},
    phone {text},
    role {text} NOT NULL,
    branch_id {ref} REFERENCES branches (id),
    is_active {bool} NOT NULL
);

CREATE TABLE customers (
    id {id},
    code {text} NOT NULL UNIQUE,
    name {text} NOT NULL,
    company_name {text},
    email {text},
    phone {text},
    tax_number {text},
    customer_type {text} NOT NULL CHECK (customer_type IN ('individual', 'company', 'walk_in')),
    salesperson_id {ref} REFERENCES salespeople (id),
    credit_limit {decimal} NOT NULL CHECK (credit_limit >= 0),
    payment_terms_days {int} NOT NULL CHECK (payment_terms_days >= 0),
    city {text},
    country {text},
    is_active {bool} NOT NULL,
    created_at {time} NOT NULL
);
CREATE INDEX ix_customers_salesperson ON customers (salesperson_id, is_active);

CREATE TABLE customer_addresses (
    id {id},
    customer_id {ref} NOT NULL REFERENCES customers (id),
    label {text},
    line1 {text} NOT NULL,
    line2 {text},
    city {text},
    state {text},
    postal_code {text},
    country {text},
    is_default {bool} NOT NULL
);
CREATE INDEX ix_customer_addresses_customer ON customer_addresses (customer_id, id);

CREATE TABLE product_reviews (
    id {id},
    product_id {ref} NOT NULL REFERENCES products (id),
    customer_id {ref} REFERENCES customers (id),
    customer_name {text} NOT NULL,
    rating {int} NOT NULL CHECK (rating >= 1 AND rating <= 5),
    comment {text},
    created_at {time} NOT NULL
);
CREATE INDEX ix_product_reviews_product ON product_reviews (product_id, created_at, id);
CREATE INDEX ix_product_reviews_customer ON product_reviews (customer_id);

CREATE TABLE orders (
    id {id},
    order_number {text} NOT NULL UNIQUE,
    customer_id {ref} NOT NULL REFERENCES customers (id),
    salesperson_id {ref} REFERENCES salespeople (id),
    branch_id {ref} REFERENCES branches (id),
    status {text} NOT NULL CHECK (status IN ('pending', 'confirmed', 'processing', 'shipped', 'completed', 'cancelled')),
    ordered_at {time} NOT NULL,
    subtotal {decimal} NOT NULL,
    discount_amount {decimal} NOT NULL CHECK (discount_amount >= 0),
    tax_amount {decimal} NOT NULL CHECK (tax_amount >= 0),
    shipping_amount {decimal} NOT NULL CHECK (shipping_amount >= 0),
    total {decimal} NOT NULL CHECK (total >= 0),
    currency {text} NOT NULL,
    notes {text},
    cancelled_reason {text},
    updated_at {time} NOT NULL,
    CHECK (total = subtotal - discount_amount + tax_amount + shipping_amount)
);
CREATE INDEX ix_orders_customer ON orders (customer_id, ordered_at, id);
CREATE INDEX ix_orders_salesperson ON orders (salesperson_id, ordered_at, id);
CREATE INDEX ix_orders_salesperson_pending ON orders (salesperson_id, ordered_at, id) WHERE status = 'pending';
CREATE INDEX ix_orders_ordered ON orders (ordered_at, id);
CREATE INDEX ix_orders_branch ON orders (branch_id, ordered_at, id);

CREATE TABLE order_items (
    id {id},
    order_id {ref} NOT NULL REFERENCES orders (id),
    product_id {ref} NOT NULL REFERENCES products (id),
    quantity {int} NOT NULL CHECK (quantity > 0),
    unit_price {decimal} NOT NULL CHECK (unit_price >= 0),
    discount_percent {decimal} NOT NULL CHECK (discount_percent >= 0 AND discount_percent <= {money:100}),
    line_total {decimal} NOT NULL CHECK (line_total >= 0),
    delivered_quantity {int} NOT NULL,
    CHECK (delivered_quantity >= 0 AND delivered_quantity <= quantity)
);
CREATE INDEX ix_order_items_order ON order_items (order_id, id);
CREATE INDEX ix_order_items_product ON order_items (product_id, order_id);

CREATE TABLE invoices (
    id {id},
    invoice_number {text} NOT NULL UNIQUE,
    order_id {ref} NOT NULL REFERENCES orders (id),
    customer_id {ref} NOT NULL REFERENCES customers (id),
    issued_at {time} NOT NULL,
    due_at {time} NOT NULL,
    total {decimal} NOT NULL CHECK (total >= 0),
    status {text} NOT NULL CHECK (status IN ('pending', 'partially_paid', 'paid', 'cancelled'))
);
CREATE INDEX ix_invoices_order ON invoices (order_id, id);
CREATE INDEX ix_invoices_customer ON invoices (customer_id, status, due_at);
CREATE INDEX ix_invoices_issued ON invoices (issued_at, order_id);

CREATE TABLE payments (
    id {id},
    receipt_number {text} NOT NULL UNIQUE,
    invoice_id {ref} NOT NULL REFERENCES invoices (id),
    customer_id {ref} NOT NULL REFERENCES customers (id),
    paid_at {time} NOT NULL,
    amount {decimal} NOT NULL CHECK (amount > 0),
    method {text} NOT NULL,
    reference {text}
);
CREATE INDEX ix_payments_invoice ON payments (invoice_id, id);
CREATE INDEX ix_payments_customer ON payments (customer_id, paid_at, id);

CREATE TABLE deliveries (
    id {id},
    order_id {ref} NOT NULL REFERENCES orders (id),
    status {text} NOT NULL CHECK (status IN ('pending', 'in_transit', 'delivered')),
    carrier {text},
    tracking_number {text},
    expected_at {time},
    shipped_at {time},
    delivered_at {time}
);
CREATE INDEX ix_deliveries_order ON deliveries (order_id, id);

CREATE TABLE promotions (
    id {id},
    name {text} NOT NULL,
    description {text},
    discount_percent {decimal} NOT NULL CHECK (discount_percent >= 0 AND discount_percent <= {money:100}),
    starts_at {time} NOT NULL,
    ends_at {time} NOT NULL,
    is_active {bool} NOT NULL
);

CREATE TABLE cart_items (
    customer_id {ref} NOT NULL REFERENCES customers (id),
    product_id {ref} NOT NULL REFERENCES products (id),
    quantity {int} NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (customer_id, product_id)
);
CREATE INDEX ix_cart_items_product ON cart_items (product_id);

-- The checkout's choices.
CREATE TABLE payment_methods (
    code {text} NOT NULL PRIMARY KEY,
    name {text} NOT NULL,
    fee {decimal} NOT NULL CHECK (fee >= 0),
    position {int} NOT NULL,
    is_active {bool} NOT NULL
);
INSERT INTO payment_methods (code, name, fee, position, is_active) VALUES
    ('credit_card', 'Credit card', {money:0}, 1, TRUE),
    ('bank_transfer', 'Bank transfer', {money:0}, 2, TRUE),
    ('cash', 'Cash', {money:0}, 3, TRUE),
    ('cheque', 'Cheque', {money:0}, 4, TRUE);

-- free_from: the value of a cart from which the fee falls away; null: never.
CREATE TABLE delivery_options (
    code {text} NOT NULL PRIMARY KEY,
    name {text} NOT NULL,
    fee {decimal} NOT NULL CHECK (fee >= 0),
    free_from {decimal} CHECK (free_from >= 0),
    estimated_days {int} NOT NULL CHECK (estimated_days >= 0),
    position {int} NOT NULL,
    is_active {bool} NOT NULL
);
INSERT INTO delivery_options (code, name, fee, free_from, estimated_days, position, is_active) VALUES
    ('standard', 'Standard delivery', {money:9.90}, {money:150}, 5, 1, TRUE),
    ('express', 'Express delivery', {money:24.90}, NULL, 1, 2, TRUE),
    ('pickup', 'Collect at the branch', {money:0}, {money:0}, 0, 3, TRUE);

-- The next order, invoice and receipt number. UPDATE ... RETURNING takes one without a race and, within the writer's transaction, without a gap.
CREATE TABLE number_series (
    name {text} NOT NULL PRIMARY KEY,
    prefix {text} NOT NULL,
    next_value {ref} NOT NULL
);
INSERT INTO number_series (name, prefix, next_value) VALUES ('order', 'SO', 1), ('invoice', 'INV', 1), ('receipt', 'RC', 1);

-- The first answer to an Idempotency-Key. Claimed without an answer at the start of the writer's transaction, so a second caller waits for it.
CREATE TABLE idempotency_keys (
    endpoint {text} NOT NULL,
    key {text} NOT NULL,
    request_hash {text} NOT NULL,
    status_code {int},
    response_body {text},
    created_at {time} NOT NULL,
    PRIMARY KEY (endpoint, key)
);
CREATE INDEX ix_idempotency_keys_created ON idempotency_keys (created_at);
